package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/wattle/wattle/exchange"
)

// What a program may say over its socket after hello, and the fields that go with it besides op and request.
var ops = map[string][]string{
	"place":      placeFields,
	"amend":      append([]string{"client_id"}, amendFields...),
	"cancel":     {"client_id"},
	"cancel_all": {"start", "side", "session"},
	"resume":     {"from"},
}

// allFields are those of every op.
var allFields = func() []string {
	all := []string{"op", "request"}
	for _, fields := range ops {
		all = append(all, fields...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}()

// obey does what a message asks for and answers it.
func (s *Server) obey(ctx context.Context, t *trader, text []byte) {
	ctx, cancel := context.WithTimeout(ctx, maxRequest)
	defer cancel()
	o, err := parseObject(text, allFields...)
	op, _ := o.text("op")
	request, err2 := o.integer("request")
	if err == nil {
		err = err2
	}
	for name := range o {
		if err == nil && name != "op" && name != "request" && !slices.Contains(ops[op], name) {
			err = fmt.Errorf("%s: not with op %.20q: %w", name, op, ErrBody)
		}
	}
	var a reply
	switch {
	case err != nil:
		a = s.answerOf(ctx, "/api/stream", err)
	case op == "resume":
		a = s.resume(ctx, t, o)
	default:
		a = s.enter(ctx, t, op, o)
	}
	s.feed.say(t, answerWire{Kind: "answer", Request: request, Status: a.status, Body: a.body})
}

func (s *Server) resume(ctx context.Context, t *trader, o object) reply {
	if wait := s.throttle.take(t.who.member, lookRate); wait > 0 {
		return reply{http.StatusTooManyRequests, tooOften(wait)}
	}
	from, err := o.integer("from")
	if err != nil {
		return s.answerOf(ctx, "/api/stream", err)
	}
	s.state.change(func() {
		s.feed.cut()
		s.feed.resume(t, uint64(from))
	})
	return reply{http.StatusOK, struct{}{}}
}

// enter is order entry over a socket. It answers like the REST routes.
func (s *Server) enter(ctx context.Context, t *trader, op string, o object) reply {
	use := cancelRate
	if op == "place" || op == "amend" {
		use = orderRate
	}
	switch {
	case ops[op] == nil || s.config.Submit == nil:
		return s.answerOf(ctx, "/api/stream", fmt.Errorf("op %.20q: not known here: %w", op, ErrBody))
	case t.who.scope < TradeScope:
		return s.answerOf(ctx, "/api/stream", errScope)
	}
	if wait := s.throttle.take(t.who.member, use); wait > 0 {
		return reply{http.StatusTooManyRequests, tooOften(wait)}
	}
	if op == "cancel_all" {
		which, err := s.sweepIn(o)
		if err != nil {
			return s.answerOf(ctx, "/api/stream", err)
		}
		return s.cancelAll(ctx, t.who, which)
	}
	if op == "place" {
		c, err := o.place(s.config.Street.Interval)
		if err != nil {
			return s.answerOf(ctx, "/api/stream", err)
		}
		if c.Session == 0 {
			c.Session = t.session
		}
		return s.place(ctx, t.who, c)
	}
	text, err := o.text("client_id")
	var id exchange.ClientID
	if err == nil {
		id, err = parseClientID(text)
	}
	if err != nil {
		return s.answerOf(ctx, "/api/stream", err)
	}
	if op == "amend" {
		return s.amend(ctx, t.who, id, o)
	}
	return s.cancel(ctx, t.who, id)
}

// sweepIn reads the filter of a cancel_all.
func (s *Server) sweepIn(o object) (which sweep, err error) {
	if which.session, err = o.session(); err != nil {
		return which, err
	}
	if o.has("start") {
		if which.interval, err = o.interval(s.config.Street.Interval); err != nil {
			return which, err
		}
	}
	if o.has("side") {
		side, err := o.choice("side", sideNames...)
		if err != nil {
			return which, err
		}
		which.side = exchange.Buy + exchange.Side(side)
	}
	if which.session != 0 && (which.side.Valid() || which.interval.Valid()) {
		return which, fmt.Errorf("session: not along with start or side: %w", ErrBody)
	}
	return which, nil
}
