package token_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/pgtest"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/web"
	"github.com/wattle/wattle/web/token"
)

var at = time.Date(2026, 6, 20, 7, 0, 0, 0, time.UTC)

// open returns the tokens of a street of two members, and its database.
func open(t *testing.T) (*token.Store, *pgxpool.Pool) {
	t.Helper()
	db := pgtest.New(t)
	for _, statement := range []string{
		`INSERT INTO zone VALUES ('street', 900, 1782036000), ('other', 900, 1782036000)`,
		`INSERT INTO member VALUES ('street', 'home-01', 'Anna'), ('street', 'home-02', 'Jonas'), ('other', 'home-01', 'Elif')`,
	} {
		if _, err := db.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return token.New(db, "street", func() time.Time { return at }, token.DefaultLifetime), db
}

func issue(t *testing.T, s *token.Store, member energy.Member, scope web.Scope) string {
	t.Helper()
	text, err := s.Issue(t.Context(), member, scope, "test")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestATokenSpeaksForItsMember(t *testing.T) {
	s, db := open(t)
	for _, c := range []struct {
		member energy.Member
		scope  web.Scope
	}{{"home-01", web.TradeScope}, {"home-01", web.ReadScope}, {"home-02", web.ReadScope}} {
		text := issue(t, s, c.member, c.scope)
		member, scope, err := s.Member(t.Context(), text)
		if err != nil || member != c.member || scope != c.scope {
			t.Errorf("got %s %s, %v, want %s %s", member, scope, err, c.member, c.scope)
		}
		if _, _, err := token.New(db, "other", time.Now, token.DefaultLifetime).Member(t.Context(), text); !errors.Is(err, web.ErrToken) {
			t.Errorf("in another zone: got %v, want %v", err, web.ErrToken)
		}
	}
}

func TestWhatIsNoTokenIsRefused(t *testing.T) {
	s, _ := open(t)
	good, other := issue(t, s, "home-01", web.TradeScope), issue(t, s, "home-02", web.TradeScope)
	const head = len("wattle_") + 16 + 1
	for name, text := range map[string]string{
		"nothing": "", "word": "secret", "short": good[:len(good)-1], "long": good + "A", "other prefix": "wattla_" + good[7:],
		"other secret": good[:head] + other[head:], "last letter": good[:len(good)-2] + "!A", "upper case": strings.ToUpper(good),
		"zero byte": good[:10] + "\x00" + good[11:], "not UTF-8": good[:10] + "\xff" + good[11:], "unknown id": "wattle_0000000000000000" + good[head-1:],
	} {
		if member, _, err := s.Member(t.Context(), text); !errors.Is(err, web.ErrToken) || member != "" {
			t.Errorf("%s: got %q, %v, want %v", name, member, err, web.ErrToken)
		}
	}
}

func TestARevokedTokenIsNoToken(t *testing.T) {
	s, _ := open(t)
	kept, gone := issue(t, s, "home-01", web.TradeScope), issue(t, s, "home-01", web.TradeScope)
	if err := s.Revoke(t.Context(), token.ID(gone)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Member(t.Context(), gone); !errors.Is(err, web.ErrToken) {
		t.Errorf("revoked: got %v, want %v", err, web.ErrToken)
	}
	if _, _, err := s.Member(t.Context(), kept); err != nil {
		t.Errorf("the other one: got %v, want it good", err)
	}
	for _, id := range []string{token.ID(gone), "0000000000000000", ""} {
		if err := s.Revoke(t.Context(), id); !errors.Is(err, token.ErrUnknown) || problem.KindOf(err) != problem.NotFound {
			t.Errorf("revoke %q: got %v, want %v", id, err, token.ErrUnknown)
		}
	}
	list, err := s.List(t.Context(), "home-01")
	if err != nil || len(list) != 2 {
		t.Fatalf("got %v, %v, want both", list, err)
	}
	revoked := slices.IndexFunc(list, func(i token.Issued) bool { return !i.Revoked.IsZero() })
	if revoked < 0 || list[revoked].ID != token.ID(gone) || list[1-revoked].ID != token.ID(kept) || list[0].Scope != web.TradeScope {
		t.Errorf("got %+v, want %s revoked and %s good", list, token.ID(gone), token.ID(kept))
	}
}

// TestATokenExpires: who knows an expired token's secret is told what is wrong with it, who does not is not.
func TestATokenExpires(t *testing.T) {
	s, db := open(t)
	text := issue(t, s, "home-01", web.TradeScope)
	forged := text[:len(text)-4] + "AAAA"
	for _, c := range []struct {
		text  string
		after time.Duration
		want  error
	}{
		{text, time.Hour - 1, nil}, {text, time.Hour, web.ErrExpired}, {text, 1e6 * time.Hour, web.ErrExpired},
		{forged, 0, web.ErrToken}, {forged, time.Hour, web.ErrToken},
	} {
		later := token.New(db, "street", func() time.Time { return at.Add(c.after) }, time.Hour)
		if _, _, err := later.Member(t.Context(), c.text); !errors.Is(err, c.want) {
			t.Errorf("after %s: got %v, want %v", c.after, err, c.want)
		}
	}
	later := token.New(db, "street", func() time.Time { return at.Add(time.Hour) }, time.Hour)
	now, err := later.Ensure(t.Context(), []energy.Member{"home-01"}, web.TradeScope, "demo", map[energy.Member]string{"home-01": text})
	if err != nil || now["home-01"] == text {
		t.Fatalf("got %v, %v, want a new token for the one that expired", now, err)
	}
	list, err := later.List(t.Context(), "home-01")
	if err != nil || len(list) != 2 || !list[0].Expires.Equal(at.Add(time.Hour)) || !list[1].Expires.Equal(at.Add(2*time.Hour)) {
		t.Errorf("list: got %+v, %v, want both with their ends", list, err)
	}
}

func TestWhatCannotBeIssued(t *testing.T) {
	s, _ := open(t)
	for _, c := range []struct {
		member energy.Member
		scope  web.Scope
		label  string
		want   error
	}{
		{"home-77", web.ReadScope, "", token.ErrMember},
		{"home-01", 0, "", token.ErrRequest},
		{"home-01", web.TradeScope + 1, "", token.ErrRequest},
		{"home-01", web.ReadScope, strings.Repeat("x", 101), token.ErrRequest},
	} {
		if text, err := s.Issue(t.Context(), c.member, c.scope, c.label); !errors.Is(err, c.want) || text != "" {
			t.Errorf("%+v: got %q, %v, want %v", c, text, err, c.want)
		}
	}
}

func TestTokensThatAreHadAreKept(t *testing.T) {
	s, _ := open(t)
	members := []energy.Member{"home-01", "home-02"}
	first, err := s.Ensure(t.Context(), members, web.TradeScope, "demo", nil)
	if err != nil || len(first) != 2 {
		t.Fatalf("got %d tokens, %v, want 2", len(first), err)
	}
	if err := s.Revoke(t.Context(), token.ID(first["home-02"])); err != nil {
		t.Fatal(err)
	}
	second, err := s.Ensure(t.Context(), members, web.TradeScope, "demo", first)
	if err != nil || second["home-01"] != first["home-01"] || second["home-02"] == first["home-02"] {
		t.Errorf("got %v, %v after %v, want the revoked one replaced", second, err, first)
	}
	swapped := map[energy.Member]string{"home-01": second["home-02"], "home-02": issue(t, s, "home-02", web.ReadScope)}
	third, err := s.Ensure(t.Context(), members, web.TradeScope, "demo", swapped)
	if err != nil || third["home-01"] == swapped["home-01"] || third["home-02"] == swapped["home-02"] {
		t.Errorf("got %v, %v for %v, want both replaced", third, err, swapped)
	}
	for member, text := range third {
		if whose, scope, err := s.Member(t.Context(), text); err != nil || whose != member || scope != web.TradeScope {
			t.Errorf("got %s %s, %v, want %s to trade", whose, scope, err, member)
		}
	}
	if _, err := s.Ensure(t.Context(), []energy.Member{"home-77"}, web.TradeScope, "demo", nil); !errors.Is(err, token.ErrMember) {
		t.Errorf("a stranger: got %v, want %v", err, token.ErrMember)
	}
}

// Who reads the database has no token.
func TestTheSecretIsNotStored(t *testing.T) {
	s, db := open(t)
	text := issue(t, s, "home-01", web.TradeScope)
	var row string
	if err := db.QueryRow(t.Context(), `SELECT api_token::text || encode(digest, 'escape') FROM api_token`).Scan(&row); err != nil {
		t.Fatal(err)
	}
	secret := text[strings.LastIndexByte(text, '_')+1:]
	if strings.Contains(row, secret) || !strings.Contains(row, token.ID(text)) {
		t.Errorf("got %s, want the public half alone", row)
	}
}

// The server and the store together: a request is let in by a token that is good, and the log does not repeat it.
func TestTheServerTakesTheTokens(t *testing.T) {
	s, db := open(t)
	var log bytes.Buffer
	server, err := web.New(web.Config{
		Street: web.Street{
			Zone: "street", Interval: energy.FifteenMinutes, Speed: 1, Currency: "EUR",
			Homes: []web.Home{{Member: "home-01", Meter: "home-01-grid"}},
		},
		Source: struct{ web.Source }{}, Now: func() time.Time { return at }, Wall: time.Now, Tokens: s,
		Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	text := issue(t, s, "home-01", web.ReadScope)
	ask := func() int {
		r := httptest.NewRequest("GET", "http://localhost/api/orders", nil)
		r.Header.Set("Authorization", "Bearer "+text)
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, r)
		return w.Code
	}
	if got := ask(); got != 200 {
		t.Errorf("good: got %d, want 200", got)
	}
	if err := s.Revoke(t.Context(), token.ID(text)); err != nil {
		t.Fatal(err)
	}
	if got := ask(); got != 401 {
		t.Errorf("revoked: got %d, want 401", got)
	}
	db.Close()
	if got := ask(); got != 500 && got != 503 {
		t.Errorf("without a database: got %d, want an error of ours", got)
	}
	if strings.Contains(log.String(), text[30:]) || log.Len() == 0 {
		t.Errorf("the log should tell the problem and not the token: %s", &log)
	}
}
