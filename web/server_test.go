package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
)

// settledStreet is a street whose first hours are settled.
func settledStreet(t testing.TB) *testStreet {
	street := newTestStreet(t)
	for range 9 {
		street.advance(5 * time.Minute)
	}
	street.server.stream.flush()
	return street
}

func (s *testStreet) get(path string) *httptest.ResponseRecorder {
	return s.ask(httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
}

func (s *testStreet) ask(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.server.Handler().ServeHTTP(w, r)
	return w
}

func TestConfigIsRefused(t *testing.T) {
	street := newTestStreet(t)
	for name, spoil := range map[string]func(*Config){
		"no source":      func(c *Config) { c.Source = nil },
		"no clock":       func(c *Config) { c.Now = nil },
		"no log":         func(c *Config) { c.Log = nil },
		"host with port": func(c *Config) { c.Hosts = []string{"street.example:80"} },
		"no zone":        func(c *Config) { c.Street.Zone = "" },
		"odd interval":   func(c *Config) { c.Street.Interval = 7 },
		"late gate":      func(c *Config) { c.Street.GateLead = -1 },
		"no speed":       func(c *Config) { c.Street.Speed = 0 },
		"no currency":    func(c *Config) { c.Street.Currency = "" },
		"wild price":     func(c *Config) { c.Street.ImportPrice = energy.MaxPrice + 1 },
		"no homes":       func(c *Config) { c.Street.Homes = nil },
		"tokens alone":   func(c *Config) { c.Wall = nil },
		"orders alone":   func(c *Config) { c.Tokens, c.Wall = nil, nil },
		"same member":    func(c *Config) { c.Street.Homes = append(c.Street.Homes[:1:1], c.Street.Homes[0]) },
	} {
		c := street.config()
		spoil(&c)
		if _, err := New(c); problem.KindOf(err) != problem.Invalid || err == nil {
			t.Errorf("%s: got %v, want an invalid configuration", name, err)
		}
	}
}

func TestWhatIsNotServedIsRefused(t *testing.T) {
	street := settledStreet(t)
	for _, c := range []struct {
		method, path string
		status       int
		kind         string
	}{
		{"GET", "/api", 404, "not-found"},
		{"GET", "/api/street/", 404, "not-found"},
		{"GET", "/.keep", 404, "not-found"},
		{"GET", "/assets/.keep", 404, "not-found"},
		{"GET", "/assets/..%2f..%2fserver.go", 404, "not-found"},
		{"GET", "/debug/pprof/", 404, "not-found"},
		{"POST", "/api/street", 405, "invalid"},
		{"DELETE", "/api/members/home-01/ledger", 405, "invalid"},
		{"PUT", "/", 405, "invalid"},
		{"GET", "/api/intervals?limit=0", 400, "invalid"},
		{"GET", "/api/intervals?limit=201", 400, "invalid"},
		{"GET", "/api/intervals?limit=1e3", 400, "invalid"},
		{"GET", "/api/intervals/-900", 400, "invalid"},
		{"GET", "/api/intervals/99999999999999999999", 400, "invalid"},
		{"GET", "/api/intervals/0", 404, "not-found"},
		{"GET", "/api/members/Home-01/ledger", 400, "invalid"},
		{"GET", "/api/members/home-99/ledger.csv", 404, "not-found"},
		{"GET", "/ws?topics=secrets", 400, "invalid"},
		{"GET", "/ws?topics=flow,flow", 400, "invalid"},
		{"GET", "/ws", 400, "invalid"},
	} {
		w := street.ask(httptest.NewRequest(c.method, "http://localhost"+c.path, nil))
		var got problemWire
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Errorf("%s %s: %v in %q", c.method, c.path, err, w.Body)
			continue
		}
		if w.Code != c.status || got.Status != c.status || got.Kind != c.kind || got.Detail == "" {
			t.Errorf("%s %s: got %d %+v, want %d %s", c.method, c.path, w.Code, got, c.status, c.kind)
		}
		if kind := w.Header().Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("%s %s: got %s, want application/problem+json", c.method, c.path, kind)
		}
	}
}

// brokenSource fails every question.
type brokenSource struct{ err error }

func (b brokenSource) Intervals(context.Context, int) ([]Interval, error) { return nil, b.err }
func (b brokenSource) Interval(context.Context, int64) (Proof, error)     { return Proof{}, b.err }
func (b brokenSource) Ledger(context.Context, energy.Member, int) (Ledger, error) {
	return Ledger{}, b.err
}

func TestOwnProblemsAreNotTold(t *testing.T) {
	const secret = "relation transfer does not exist"
	for _, c := range []struct {
		err    error
		status int
		retry  string
	}{
		{errors.New(secret), 500, ""},
		{fmt.Errorf(secret+": %w", problem.New(problem.Unavailable, "no database")), 503, "5"},
	} {
		config := newTestStreet(t).config()
		config.Source = brokenSource{c.err}
		server, err := New(config)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, httptest.NewRequest("GET", "http://localhost/api/intervals", nil))
		if w.Code != c.status || w.Header().Get("Retry-After") != c.retry {
			t.Errorf("%v: got %d, retry after %q, want %d and %q", c.err, w.Code, w.Header().Get("Retry-After"), c.status, c.retry)
		}
		if strings.Contains(w.Body.String(), "transfer") {
			t.Errorf("%v: got %s, want no word of the cause", c.err, w.Body)
		}
	}
}

func TestForeignNamesAreRefused(t *testing.T) {
	config := newTestStreet(t).config()
	config.Hosts = []string{"street.example"}
	server, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]int{
		"localhost": 200, "localhost:8080": 200, "LOCALHOST.": 200, "127.0.0.1:80": 200, "[::1]:8080": 200, "192.168.2.7": 200,
		"street.example": 200, "Street.Example:443": 200,
		"evil.example": 403, "localhost.evil.example": 403, "127.0.0.1.evil.example:80": 403, "": 403,
	} {
		r := httptest.NewRequest("GET", "/api/street", nil)
		r.Host = host
		w := httptest.NewRecorder()
		server.Handler().ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("host %q: got %d, want %d", host, w.Code, want)
		}
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	street := settledStreet(t)
	for _, path := range []string{"/", "/api/street", "/nothing", "/healthz"} {
		h := street.get(path).Header()
		if got := h.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") || strings.Contains(got, "unsafe") {
			t.Errorf("%s: got policy %q, want nothing by default and nothing unsafe", path, got)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: got %s %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestHealthIsTheWorstPart(t *testing.T) {
	street := newTestStreet(t)
	for _, c := range []struct {
		parts  []Part
		status int
		word   PartState
	}{
		{[]Part{{"chain", OK, ""}, {"oracles", OK, ""}}, 200, OK},
		{[]Part{{"oracles", Degraded, "3 of 4 answer"}}, 200, Degraded},
		{[]Part{{"chain", Down, "no answer"}}, 503, Down},
		{[]Part{{"chain", OK, ""}, {"oracles", OK, ""}}, 200, OK},
	} {
		street.server.Health(c.parts...)
		w := street.get("/healthz")
		var got healthWire
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if w.Code != c.status || got.Status != c.word || len(got.Parts) != 2 {
			t.Errorf("%v: got %d %+v, want %d %s and both parts", c.parts, w.Code, got, c.status, c.word)
		}
	}
}

func TestLedgerAsCSV(t *testing.T) {
	street := newTestStreet(t)
	street.ledgers["home-01"] = Ledger{Member: "home-01", Lines: []Line{
		{ID: Hex{1, 2}, Start: testStart.Unix(), Leg: "trade", Counterparty: "home-02", Energy: 412, Money: -74_984_000},
		{ID: Hex{3}, Start: testStart.Unix(), Leg: "mint", Counterparty: "issuance", Energy: 1500, Tokens: 1500},
	}}
	const want = `interval,run,leg,counterparty,energy_kwh,money_EUR,tokens_kwh,id
2026-06-20T07:00:00Z,0,trade,home-02,0.412,-0.074984000,0.000,0x0102
2026-06-20T07:00:00Z,0,mint,issuance,1.500,0.000000000,1.500,0x03
`
	w := street.get("/api/members/home-01/ledger.csv")
	if got := w.Body.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAppIsServed(t *testing.T) {
	script := strings.Repeat("const wattle = 1;\n", 100)
	files, err := loadApp(fstest.MapFS{
		".keep": {}, "index.html": {Data: []byte("<!doctype html><title>Wattle</title>")},
		"assets/index-abc.js": {Data: []byte(script)},
	})
	if err != nil {
		t.Fatal(err)
	}
	street := newTestStreet(t)
	street.server.files = files
	if w := street.get("/"); w.Header().Get("Cache-Control") != "no-cache" || !strings.Contains(w.Body.String(), "Wattle") {
		t.Errorf("page: got %v %s, want it never taken from a cache unasked", w.Header(), w.Body)
	}
	r := httptest.NewRequest("GET", "http://localhost/assets/index-abc.js", nil)
	r.Header.Set("Accept-Encoding", "gzip, br")
	w := street.ask(r)
	unpacked, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(unpacked); err != nil || string(got) != script {
		t.Errorf("asset: got %d bytes, %v, want the script", len(got), err)
	}
	if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("asset: got Cache-Control %q, want immutable", got)
	}
	r.Header.Set("If-None-Match", w.Header().Get("Etag"))
	if w := street.ask(r); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Errorf("known asset: got %d with %d bytes, want 304 with none", w.Code, w.Body.Len())
	}
	if w := street.get("/assets/index-abc.js"); w.Body.String() != script || w.Header().Get("Content-Encoding") != "" {
		t.Errorf("asset for who takes no gzip: got %d bytes %q, want the script as it is", w.Body.Len(), w.Header().Get("Content-Encoding"))
	}
}

func TestServerWithoutAppSaysHowToBuildIt(t *testing.T) {
	files, err := loadApp(fstest.MapFS{".keep": {}})
	if err != nil {
		t.Fatal(err)
	}
	street := newTestStreet(t)
	street.server.files = files
	if w := street.get("/"); w.Code != 200 || !strings.Contains(w.Body.String(), "make app") {
		t.Errorf("got %d %s, want a page that says to run make app", w.Code, w.Body)
	}
}

// TestProofVector keeps the proof that the page's own tests check, so that both sides agree on every byte.
func TestProofVector(t *testing.T) {
	street := newTestStreet(t)
	iv := energy.IntervalAt(testStart, energy.FifteenMinutes)
	c := settlement.Case{Owner: map[energy.Meter]energy.Member{}}
	for i, h := range street.homes[:5] {
		c.Owner[h.Meter] = h.Member
		c.Leaves = append(c.Leaves, oracle.Leaf{
			Meter: h.Meter, Import: energy.WattHours(i * 100), Export: energy.WattHours(1000 - i), Since: iv.StartUnix(),
			Quality: meter.Measured, Reading: meter.Digest{byte(i), 7},
		})
	}
	c.Leaves[3].Quality = meter.Late
	interval := Interval{Start: iv.StartUnix(), Seconds: iv.Length(), State: "final", Meters: 5, Export: 4990, Import: 1000, Minted: 4990}
	got, err := json.MarshalIndent(street.prove(interval, iv, c), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	path := filepath.Join("app", "src", "state", "testdata", "proof.json")
	if *rewrite {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the server sends; run go test ./web -rewrite and read the difference", path)
	}
}

func FuzzHex(f *testing.F) {
	f.Add([]byte("0x"))
	f.Add([]byte("0x00ff"))
	f.Add([]byte("0xAB"))
	f.Add([]byte("ff"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var h Hex
		if h.UnmarshalText(text) != nil {
			return
		}
		if got, _ := h.MarshalText(); !bytes.EqualFold(got, text) {
			t.Errorf("got %s, want %s", got, text)
		}
	})
}
