package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
)

const (
	maxOrders     = 500
	defaultOrders = 100
)

// orderRoutes are those of the order API. A server without tokens has none of them, one without a market only looks.
func (s *Server) orderRoutes() []route {
	if s.config.Tokens == nil {
		return nil
	}
	routes := []route{
		{http.MethodGet, "/api/orders", s.member(ReadScope, lookRate, s.getOrders)},
		{http.MethodGet, "/api/orders/{client_id}", s.member(ReadScope, lookRate, s.getOrder)},
		{http.MethodGet, "/api/stream", s.getFeed},
	}
	if s.config.Submit == nil {
		return routes
	}
	return append(routes,
		route{http.MethodPost, "/api/orders", s.member(TradeScope, orderRate, s.postOrder)},
		route{http.MethodPatch, "/api/orders/{client_id}", s.member(TradeScope, orderRate, s.patchOrder)},
		route{http.MethodDelete, "/api/orders/{client_id}", s.member(TradeScope, cancelRate, s.deleteOrder)},
		route{http.MethodDelete, "/api/orders", s.member(TradeScope, cancelRate, s.deleteOrders)},
	)
}

func (s *Server) getOrders(w http.ResponseWriter, r *http.Request, who caller) {
	limit, err := limitOf(r, defaultOrders, maxOrders)
	var which sweep
	if err == nil {
		which, err = s.sweepOf(r, "start", "side", "status", "limit")
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	open := r.URL.Query().Get("status")
	if open != "" && open != exchange.Resting.String() {
		s.refuse(w, r, fmt.Errorf("status %q: want %s or nothing: %w", open, exchange.Resting, ErrQuery))
		return
	}
	list := []orderWire{}
	for _, o := range s.state.orders(who.member) {
		if len(list) < limit && (open == "" || o.Status == exchange.Resting) && which.holds(o) {
			list = append(list, orderOf(o))
		}
	}
	s.answer(w, r, http.StatusOK, list)
}

func (s *Server) getOrder(w http.ResponseWriter, r *http.Request, who caller) {
	id, err := parseClientID(r.PathValue("client_id"))
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	o, found := s.state.order(who.member, id)
	if !found {
		s.reply(w, r, refused(exchange.UnknownOrder, 0))
		return
	}
	s.answer(w, r, http.StatusOK, orderOf(o))
}

func (s *Server) postOrder(w http.ResponseWriter, r *http.Request, who caller) {
	o, err := readObject(r, placeFields...)
	var c exchange.Command
	if err == nil {
		c, err = o.place(s.config.Street.Interval)
	}
	if err != nil {
		s.refuseBody(w, r, err)
		return
	}
	s.reply(w, r, s.place(r.Context(), who, c))
}

func (s *Server) patchOrder(w http.ResponseWriter, r *http.Request, who caller) {
	id, err := parseClientID(r.PathValue("client_id"))
	var o object
	if err == nil {
		o, err = readObject(r, amendFields...)
	}
	if err != nil {
		s.refuseBody(w, r, err)
		return
	}
	s.reply(w, r, s.amend(r.Context(), who, id, o))
}

func (s *Server) deleteOrder(w http.ResponseWriter, r *http.Request, who caller) {
	id, err := parseClientID(r.PathValue("client_id"))
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.reply(w, r, s.cancel(r.Context(), who, id))
}

func (s *Server) deleteOrders(w http.ResponseWriter, r *http.Request, who caller) {
	which, err := s.sweepOf(r, "start", "side", "session")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.reply(w, r, s.cancelAll(r.Context(), who, which))
}

// sweepOf reads the filter of a query. It refuses what it does not know: a slip of the pen must not cancel everything.
func (s *Server) sweepOf(r *http.Request, known ...string) (which sweep, err error) {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return which, fmt.Errorf("query: %w", ErrQuery)
	}
	for name, values := range query {
		if !slices.Contains(known, name) || len(values) != 1 || values[0] == "" {
			return which, fmt.Errorf("%.40q: want each of %s at most once, and not empty: %w", name, strings.Join(known, ", "), ErrQuery)
		}
	}
	if text := query.Get("session"); text != "" {
		if which.session, err = parseSession(text); err != nil {
			return which, err
		}
	}
	if text := query.Get("start"); text != "" {
		if which.interval, err = s.intervalOf(text); err != nil {
			return which, err
		}
	}
	switch text := query.Get("side"); text {
	case "":
	case exchange.Buy.String():
		which.side = exchange.Buy
	case exchange.Sell.String():
		which.side = exchange.Sell
	default:
		return which, fmt.Errorf("side %q: want buy or sell: %w", text, ErrQuery)
	}
	if which.session != 0 && (which.side.Valid() || which.interval.Valid()) {
		return which, fmt.Errorf("session: not along with start or side: %w", ErrQuery)
	}
	return which, nil
}

// intervalOf reads the Unix second at which an interval of the street starts.
func (s *Server) intervalOf(text string) (energy.Interval, error) {
	start, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return energy.Interval{}, fmt.Errorf("interval %q: want the Unix second at which it starts: %w", text, ErrQuery)
	}
	iv, err := energy.NewInterval(start, s.config.Street.Interval)
	if err != nil {
		return energy.Interval{}, fmt.Errorf("interval %q: want the Unix second at which it starts: %w", text, ErrQuery)
	}
	return iv, nil
}

// reply sends what an order entry answered.
func (s *Server) reply(w http.ResponseWriter, r *http.Request, a reply) {
	if p, ok := a.body.(problemWire); ok {
		if p.Status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "1")
		}
		writeDocument(w, p)
		return
	}
	s.answer(w, r, a.status, a.body)
}

// refuseBody is refuse with the statuses that HTTP has for bodies.
func (s *Server) refuseBody(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, errTooLong):
		writeProblem(w, http.StatusRequestEntityTooLarge, problem.Invalid, err.Error())
	case errors.Is(err, errType):
		writeProblem(w, http.StatusUnsupportedMediaType, problem.Invalid, err.Error())
	default:
		s.refuse(w, r, err)
	}
}
