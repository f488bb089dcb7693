package token

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/web"
)

const (
	prefix       = "wattle_" // lets scanners of source code find a token that was published by mistake
	idBytes      = 8
	secretBytes  = 32
	maxLabel     = 100
	foreignKey   = "23503" // SQLSTATE foreign_key_violation
	publicLength = 2 * idBytes
)

var (
	// ErrMember is returned for a token of somebody who is not a member of the zone.
	ErrMember = problem.New(problem.NotFound, "not a member of the zone: enrol the member first")
	// ErrRequest is returned for a token that cannot be: without a scope, or with a label that is too long.
	ErrRequest = problem.New(problem.Invalid, "not a token that can be issued")
	// ErrUnknown is returned for a token that is not there, or was revoked before.
	ErrUnknown = problem.New(problem.NotFound, "there is no such token that is good")
)

// Store holds the tokens of one zone. It is safe for concurrent use and implements web.Tokens.
type Store struct {
	db       *pgxpool.Pool
	zone     energy.Zone
	now      func() time.Time
	lifetime time.Duration
}

// DefaultLifetime is how long a token is good where nobody says otherwise.
const DefaultLifetime = 365 * 24 * time.Hour

// New returns the tokens of a zone in a migrated database. now is the wall's clock. A token is good for lifetime after it
// was issued, also one that was issued before.
func New(db *pgxpool.Pool, zone energy.Zone, now func() time.Time, lifetime time.Duration) *Store {
	return &Store{db, zone, now, lifetime}
}

// Issued is what may be told about a token.
type Issued struct {
	ID      string
	Member  energy.Member
	Scope   web.Scope
	Label   string
	At      time.Time
	Expires time.Time // from then on it is not good
	Revoked time.Time // zero while it is good
}

// Issue makes a token for a member and returns it: the only time it can be seen.
func (s *Store) Issue(ctx context.Context, member energy.Member, scope web.Scope, label string) (string, error) {
	if !scope.Valid() || len(label) > maxLabel {
		return "", fmt.Errorf("token of %s with scope %s and a label of %d characters: %w", member, scope, len(label), ErrRequest)
	}
	var id [idBytes]byte
	var secret [secretBytes]byte
	rand.Read(id[:])     // never fails (crypto/rand)
	rand.Read(secret[:]) // never fails (crypto/rand)
	public, hidden := hex.EncodeToString(id[:]), base64.RawURLEncoding.EncodeToString(secret[:])
	digest := sha256.Sum256([]byte(hidden))
	_, err := s.db.Exec(ctx, `
INSERT INTO api_token (id, digest, zone, member, scope, label, issued_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		public, digest[:], s.zone, member, scope.String(), label, s.now())
	if refusal, ok := errors.AsType[*pgconn.PgError](err); ok && refusal.Code == foreignKey {
		return "", fmt.Errorf("token of %s: %w", member, ErrMember)
	}
	if err != nil {
		return "", fmt.Errorf("issue a token of %s: %w", member, err)
	}
	return prefix + public + "_" + hidden, nil
}

// Ensure returns a token of that scope for each member: the one that is had, if it is good and the member's, or else a new
// one under label.
func (s *Store) Ensure(ctx context.Context, members []energy.Member, scope web.Scope, label string, had map[energy.Member]string) (map[energy.Member]string, error) {
	tokens := make(map[energy.Member]string, len(members))
	for _, m := range members {
		whose, may, err := s.Member(ctx, had[m])
		if err != nil && !errors.Is(err, web.ErrToken) && !errors.Is(err, web.ErrExpired) {
			return nil, err
		}
		tokens[m] = had[m]
		if err != nil || whose != m || may != scope {
			if tokens[m], err = s.Issue(ctx, m, scope, label); err != nil {
				return nil, err
			}
		}
	}
	return tokens, nil
}

// Revoke ends a token. Who holds a socket with it loses that within web's time for looking again.
func (s *Store) Revoke(ctx context.Context, id string) error {
	done, err := s.db.Exec(ctx, `
UPDATE api_token SET revoked_at = greatest(issued_at, $3) WHERE id = $1 AND zone = $2 AND revoked_at IS NULL`, id, s.zone, s.now())
	if err != nil {
		return fmt.Errorf("revoke token %s: %w", id, err)
	}
	if done.RowsAffected() == 0 {
		return fmt.Errorf("revoke token %s: %w", id, ErrUnknown)
	}
	return nil
}

// List returns a member's tokens, oldest first, revoked ones too.
func (s *Store) List(ctx context.Context, member energy.Member) ([]Issued, error) {
	rows, err := s.db.Query(ctx, `
SELECT id, member, scope, label, issued_at, revoked_at FROM api_token
WHERE zone = $1 AND member = $2 ORDER BY issued_at, id`, s.zone, member)
	if err != nil {
		return nil, fmt.Errorf("tokens of %s: %w", member, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (i Issued, err error) {
		var scope string
		var revoked *time.Time
		err = row.Scan(&i.ID, &i.Member, &scope, &i.Label, &i.At, &revoked)
		i.Scope, i.Expires = scopeOf(scope), i.At.Add(s.lifetime)
		if revoked != nil {
			i.Revoked = *revoked
		}
		return i, err
	})
}

// Member is whom a token speaks for and what it may do, or web.ErrToken or web.ErrExpired. The secret half is compared in constant time,
// with nothing where there is no such token.
func (s *Store) Member(ctx context.Context, token string) (energy.Member, web.Scope, error) {
	public, hidden, ok := split(token)
	if !ok {
		return "", 0, web.ErrToken
	}
	var member energy.Member
	var scope string
	var issued time.Time
	digest := make([]byte, sha256.Size)
	err := s.db.QueryRow(ctx, `
SELECT member, scope, digest, issued_at FROM api_token
WHERE id = $1 AND zone = $2 AND revoked_at IS NULL`, public, s.zone).Scan(&member, &scope, &digest, &issued)
	known := err == nil
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", 0, fmt.Errorf("look up a token: %w", err)
	}
	given := sha256.Sum256([]byte(hidden))
	if subtle.ConstantTimeCompare(given[:], digest) != 1 || !known {
		return "", 0, web.ErrToken
	}
	if !s.now().Before(issued.Add(s.lifetime)) {
		return "", 0, web.ErrExpired
	}
	return member, scopeOf(scope), nil
}

// split takes a token apart, or reports false for text that cannot be one.
func split(token string) (public, hidden string, ok bool) {
	rest, ok := strings.CutPrefix(token, prefix)
	if !ok || len(rest) != publicLength+1+base64.RawURLEncoding.EncodedLen(secretBytes) || rest[publicLength] != '_' {
		return "", "", false
	}
	if _, err := hex.DecodeString(rest[:publicLength]); err != nil {
		return "", "", false
	}
	return rest[:publicLength], rest[publicLength+1:], true
}

// ID is the public half of a token, which Revoke takes, or "" for text that is none.
func ID(token string) string {
	public, _, _ := split(token)
	return public
}

func scopeOf(text string) web.Scope {
	for _, s := range []web.Scope{web.ReadScope, web.TradeScope} {
		if s.String() == text {
			return s
		}
	}
	return 0
}
