package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/meter"
)

const (
	headerTimeout = 5 * time.Second  // a browser sends its header at once
	writeTimeout  = 15 * time.Second // maxRequest and a slow line
	idleTimeout   = time.Minute      // between two requests of a page
	stopTimeout   = 5 * time.Second  // for answers under way when the server stops
)

// Server serves one street. Its methods may be called by many goroutines.
type Server struct {
	config Config
	files  map[string]file // immutable
	state  *state
	stream *stream

	throttle *throttle
	sessions *sessions
	feed     *feed
}

// New makes a server; Run serves it.
func New(config Config) (*Server, error) {
	if err := config.Validate(); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	tree, err := fs.Sub(dist, "app/dist")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	files, err := loadApp(tree)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s := &Server{config: config, files: files, state: newState(config.Street, config.Now)}
	s.stream = newStream(s.state, config.Log)
	s.throttle = newThrottle(config.Wall)
	s.sessions = newSessions()
	s.feed = s.state.feed
	s.feed.log = config.Log
	return s, nil
}

// route is one line of the table of everything that is served.
type route struct {
	method  string // GET serves HEAD along with it
	path    string
	handler http.HandlerFunc
}

// routes are everything that is served. openapi.yaml documents them; a test compares.
func (s *Server) routes() []route {
	return append([]route{
		{http.MethodGet, "/", s.getPage},
		{http.MethodGet, "/assets/{name}", s.getAsset},
		{http.MethodGet, "/api/street", limited(s.getStreet)},
		{http.MethodGet, "/api/intervals", limited(s.getIntervals)},
		{http.MethodGet, "/api/intervals/{start}", limited(s.getInterval)},
		{http.MethodGet, "/api/members/{member}/ledger", limited(s.getLedger)},
		{http.MethodGet, "/api/members/{member}/ledger.csv", limited(s.getLedgerCSV)},
		{http.MethodGet, "/api/market", limited(s.getMarket)},
		{http.MethodGet, "/api/market/trades", limited(s.getTrades)},
		{http.MethodGet, "/api/market/{start}", limited(s.getDepth)},
		{http.MethodGet, "/healthz", limited(s.getHealth)},
		{http.MethodGet, "/ws", s.getStream},
	}, s.orderRoutes()...)
}

// Handler is the server's handler. Its WebSockets carry snapshots but no changes unless Run runs.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	byPath := map[string]byMethod{}
	for _, r := range s.routes() {
		pattern := r.path
		if pattern == "/" {
			pattern = "/{$}"
		}
		if byPath[pattern] == nil {
			byPath[pattern] = byMethod{}
		}
		byPath[pattern][r.method] = r.handler
		if r.method == http.MethodGet {
			byPath[pattern][http.MethodHead] = r.handler
		}
	}
	for pattern, handler := range byPath {
		mux.Handle(pattern, handler)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, http.StatusNotFound, problem.NotFound, "There is nothing here.")
	})
	return s.guard(mux)
}

// byMethod is what one path is served with.
type byMethod map[string]http.HandlerFunc

func (m byMethod) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if handler, ok := m[r.Method]; ok {
		handler(w, r)
		return
	}
	allow := strings.Join(slices.Sorted(maps.Keys(m)), ", ")
	w.Header().Set("Allow", allow)
	writeProblem(w, http.StatusMethodNotAllowed, problem.Invalid, "This is not served with that method. Use "+allow+".")
}

// Run serves on listener until ctx is done, and returns after every connection is closed and every goroutine it
// started has ended. It may be called once.
func (s *Server) Run(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       headerTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(s.config.Log.Handler(), slog.LevelDebug),
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("web: serve on %s: %w", listener.Addr(), err)
		}
		return nil
	})
	g.Go(func() error {
		s.seed(ctx)
		s.stream.run(ctx)
		return nil
	})
	g.Go(func() error {
		s.feed.run(ctx)
		return nil
	})
	g.Go(func() error {
		s.sweepFormer(ctx)
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		if err := server.Shutdown(stop); err != nil {
			return server.Close() // answers that did not end in time are cut
		}
		return nil
	})
	return g.Wait()
}

// seed fills the list of intervals from history. Without it the list grows from what Settled tells.
func (s *Server) seed(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, maxRequest)
	defer cancel()
	intervals, err := s.config.Source.Intervals(ctx, keptIntervals)
	if err != nil {
		s.config.Log.LogAttrs(ctx, slog.LevelWarn, "earlier intervals are not shown", slog.Any("error", err))
		return
	}
	s.state.change(func() { s.state.settlement.seed(intervals) })
}

// Live takes the newest state of a home. It never blocks for long.
func (s *Server) Live(l meter.Live) {
	s.state.change(func() { s.state.flow.live(l) })
}

// Market takes the events of the market in the order of its log, from the first one on. Those it has seen it ignores;
// it returns exchange.ErrGap where some are missing.
func (s *Server) Market(events []exchange.Event) (err error) {
	s.state.change(func() {
		if err = s.state.market.apply(events); err == nil {
			s.state.feed.note(events)
		}
	})
	s.state.wake()
	return err
}

// Settled takes what became of an interval, each time it advances.
func (s *Server) Settled(i Interval) {
	s.state.change(func() { s.state.settlement.put(i) })
}

// Health takes the state of every part of the street. Parts keep their names; a part that was named once stays.
func (s *Server) Health(parts ...Part) {
	s.state.change(func() { s.state.flow.health(parts) })
}

// homeOf indexes the homes by meter.
func homeOf(homes []Home) map[energy.Meter]energy.Member {
	index := make(map[energy.Meter]energy.Member, len(homes))
	for _, h := range homes {
		index[h.Meter] = h.Member
	}
	return index
}
