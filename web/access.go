package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// Scope is what the bearer of a token may do.
type Scope uint8

// The scopes. Each includes those before it.
const (
	ReadScope  Scope = iota + 1 // look at the member's own orders
	TradeScope                  // place, amend and cancel them
)

// Valid reports whether s is a scope.
func (s Scope) Valid() bool { return s == ReadScope || s == TradeScope }

// String is the scope as it appears on the wire and in the database.
func (s Scope) String() string {
	names := [...]string{"none", "read", "trade"}
	if int(s) < len(names) {
		return names[s]
	}
	return names[0]
}

// ErrToken is returned by Tokens for a token that is not good: unknown, malformed or revoked. Which of them is not told.
var ErrToken = problem.New(problem.Denied, "this token is not good: ask the operator of your zone for one")

// ErrExpired is returned by Tokens for a token that was good once. It is told only to who knows its secret.
var ErrExpired = problem.New(problem.Denied, "this token has expired: ask the operator of your zone for a new one")

// Tokens knows the bearer tokens of the zone. Its method is called by many goroutines.
type Tokens interface {
	// Member is whom a token speaks for, and what it may do, or ErrToken or ErrExpired. How long it takes says nothing about the token.
	Member(ctx context.Context, token string) (energy.Member, Scope, error)
}

const (
	bearer   = "Bearer "
	maxToken = 200 // characters; a longer one is not looked up
)

// caller is who asks, as the token says.
type caller struct {
	token  string
	member energy.Member
	scope  Scope
}

// errNoToken is returned for a request that does not say who asks.
var errNoToken = problem.New(problem.Denied, "say who asks: send your token as Authorization: Bearer TOKEN")

// errScope is returned for a token that may not do what was asked.
var errScope = problem.New(problem.Denied, "this token may only look: use one with the scope trade")

// identify finds out who bears a token.
func (s *Server) identify(ctx context.Context, token string) (caller, error) {
	if token == "" {
		return caller{}, errNoToken
	}
	if len(token) > maxToken {
		return caller{}, ErrToken
	}
	member, scope, err := s.config.Tokens.Member(ctx, token)
	switch {
	case err != nil:
		return caller{}, fmt.Errorf("token: %w", err)
	case !scope.Valid():
		return caller{}, ErrToken
	}
	return caller{token, member, scope}, nil
}

// tokenOf is the token of the Authorization header, or "".
func tokenOf(r *http.Request) string {
	text := r.Header.Get("Authorization")
	if len(text) < len(bearer) || !strings.EqualFold(text[:len(bearer)], bearer) {
		return ""
	}
	return text[len(bearer):]
}

// member lets a handler see only callers who may do what it does, and no more often than they may.
func (s *Server) member(need Scope, use rate, next func(http.ResponseWriter, *http.Request, caller)) http.HandlerFunc {
	return limited(func(w http.ResponseWriter, r *http.Request) {
		who, err := s.identify(r.Context(), tokenOf(r))
		if err == nil && who.scope < need {
			err = errScope
		}
		if err != nil {
			s.turnAway(w, r, err)
			return
		}
		if wait := s.throttle.take(who.member, use); wait > 0 {
			w.Header().Set("Retry-After", strconv.FormatInt(seconds(wait), 10))
			writeDocument(w, tooOften(wait))
			return
		}
		next(w, r, who)
	})
}

// turnAway answers who has not said well enough who they are.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, ErrToken) || errors.Is(err, ErrExpired) || errors.Is(err, errNoToken) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="wattle"`)
		writeProblem(w, http.StatusUnauthorized, problem.Denied, err.Error())
		return
	}
	s.refuse(w, r, err)
}

func tooOften(wait time.Duration) problemWire {
	p := newProblem(http.StatusTooManyRequests, problem.Unavailable,
		fmt.Sprintf("You ask too often. Nothing was done; ask again in %d s.", seconds(wait)))
	p.Reason = "too-often"
	return p
}

// seconds rounds up: who waits as long as told is let in.
func seconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }

// rate is how often a member may do a kind of thing: burst at once, and again every so often.
type rate struct {
	name  string
	every time.Duration // of the wall
	burst int
}

// The rates. Cancelling has its own, so that who has placed too much can still take it back.
var (
	lookRate   = rate{"look", 50 * time.Millisecond, 40}
	orderRate  = rate{"order", 20 * time.Millisecond, 200}
	cancelRate = rate{"cancel", 20 * time.Millisecond, 200}
)

// throttle holds members to their rates. A refusal costs nothing and reaches no log. It is safe for concurrent use, and
// its memory is bounded by the number of members, as only they are let as far.
type throttle struct {
	now func() time.Time // the wall's clock

	mu  sync.Mutex
	due map[throttleKey]time.Time // when the bucket will be full again
}

type throttleKey struct {
	member energy.Member
	name   string
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, due: map[throttleKey]time.Time{}}
}

// take spends one token of the member's bucket, or says how long it takes until there is one.
func (t *throttle) take(member energy.Member, r rate) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, key := t.now(), throttleKey{member, r.name}
	due := t.due[key]
	if due.Before(now) {
		due = now
	}
	due = due.Add(r.every)
	if wait := due.Sub(now) - time.Duration(r.burst)*r.every; wait > 0 {
		return wait
	}
	t.due[key] = due
	return 0
}
