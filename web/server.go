package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
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
	return s, nil
}

// route is one line of the table of everything that is served.
type route struct {
	path    string
	handler http.HandlerFunc
}

// routes are all served with GET, and HEAD along with it. openapi.yaml documents them; a test compares.
func (s *Server) routes() []route {
	return []route{
		{"/", s.getPage},
		{"/assets/{name}", s.getAsset},
		{"/api/street", limited(s.getStreet)},
		{"/api/intervals", limited(s.getIntervals)},
		{"/api/intervals/{start}", limited(s.getInterval)},
		{"/api/members/{member}/ledger", limited(s.getLedger)},
		{"/api/members/{member}/ledger.csv", limited(s.getLedgerCSV)},
		{"/healthz", limited(s.getHealth)},
		{"/ws", s.getStream},
	}
}

// Handler is the server's handler. Its WebSocket carries snapshots but no changes unless Run runs.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		pattern := r.path
		if pattern == "/" {
			pattern = "/{$}"
		}
		mux.HandleFunc("GET "+pattern, r.handler)
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", "GET, HEAD")
			writeProblem(w, http.StatusMethodNotAllowed, problem.Invalid, "This can only be read. Use GET.")
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, http.StatusNotFound, problem.NotFound, "There is nothing here.")
	})
	return s.guard(mux)
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
	s.state.change(func() { err = s.state.market.apply(events) })
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
