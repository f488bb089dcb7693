package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
)

// Submit hands commands to the market and returns the events of each once they are durable. With an error of kind
// Unavailable it may not be known whether they arrived; whoever sends them again with the same client ids has them once.
type Submit func(ctx context.Context, commands ...exchange.Command) ([][]exchange.Event, error)

// maxCancels is how many orders one filtered cancellation takes at most; the rest needs another.
const maxCancels = 500

// reply is what a request for orders is answered with, by REST and over a socket alike.
type reply struct {
	status int
	body   any // orderWire, sweepWire or problemWire
}

// statusOfReason says whose fault a refusal is: what the order says (422), or what the market is like (409, the default).
var statusOfReason = map[exchange.Reason]int{
	exchange.BadQuantity: 422, exchange.PriceOutsideCollar: 422, exchange.PriceOffTick: 422, exchange.BadCommand: 422,
	exchange.MisalignedInterval: 422, exchange.OffLot: 422, exchange.BelowMinimum: 422, exchange.Overflow: 422,
	exchange.GoodTillPassed: 422, exchange.UnknownOrder: 404, exchange.Poisoned: 500,
}

var kindOfStatus = map[int]problem.Kind{
	409: problem.Conflict, 422: problem.Invalid, 404: problem.NotFound, 500: problem.Internal,
}

// refused is the answer for a command that the market refused as number sequence of its log.
func refused(why exchange.Reason, sequence uint64) reply {
	status, ok := statusOfReason[why]
	if !ok {
		status = http.StatusConflict
	}
	p := newProblem(status, kindOfStatus[status], why.Sentence())
	p.Reason, p.Sequence = why.String(), sequence
	return reply{status, p}
}

// unknown is the answer where it is not known what became of an order.
func (s *Server) unknown(ctx context.Context, err error, what string) reply {
	if problem.KindOf(err) == problem.Invalid {
		return s.answerOf(ctx, "orders", err)
	}
	s.config.Log.LogAttrs(ctx, slog.LevelWarn, "outcome of a request for orders not known", slog.Any("error", err))
	p := newProblem(http.StatusServiceUnavailable, problem.Unavailable, what)
	p.Reason = "unknown-outcome"
	return reply{p.Status, p}
}

// answerOf is the problem document of err as a reply.
func (s *Server) answerOf(ctx context.Context, path string, err error) reply {
	p := s.explain(ctx, path, err)
	return reply{p.Status, p}
}

// submitOne applies one command and returns its events, of which there is at least one.
func (s *Server) submitOne(ctx context.Context, c exchange.Command) ([]exchange.Event, error) {
	events, err := s.config.Submit(ctx, c)
	if err == nil && (len(events) != 1 || len(events[0]) == 0) {
		err = fmt.Errorf("%d answers to one command", len(events))
	}
	if err != nil {
		return nil, err
	}
	return events[0], nil
}

// notHeard tells who changes an order that its outcome is not known.
const notHeard = "It is not known whether your request arrived. Look at the order, or send the same request again: it counts once."

// place enters an order. Placed again, it is answered with what became of it the first time.
func (s *Server) place(ctx context.Context, who caller, c exchange.Command) reply {
	c.Member = who.member
	if c.Session != 0 {
		release, err := s.sessions.hold(c.Session, who.member)
		if err != nil {
			p := s.explain(ctx, "orders", err)
			p.Reason = "session-is-over"
			return reply{p.Status, p}
		}
		defer release()
	}
	events, err := s.submitOne(ctx, c)
	if err != nil {
		return s.unknown(ctx, err, notHeard)
	}
	first := events[0]
	switch {
	case first.Kind != exchange.Refused:
		return s.shown(ctx, c, first, http.StatusCreated)
	case first.Reason == exchange.DuplicateID:
		return s.shown(ctx, c, first, http.StatusOK)
	}
	return refused(first.Reason, first.Sequence)
}

// amend changes an order. What is asked for is the order's whole new state, so asking twice is harmless.
func (s *Server) amend(ctx context.Context, who caller, id exchange.ClientID, o object) reply {
	now, found := s.state.order(who.member, id)
	if !found {
		return refused(exchange.UnknownOrder, 0)
	}
	c, err := o.amend(exchange.Command{
		Kind: exchange.Amend, Interval: now.Interval, Member: who.member, ClientID: id, Side: now.Side, Price: now.Price,
		Quantity: now.Quantity, Type: now.Type, GoodTill: now.GoodTill,
	})
	if err != nil {
		return s.answerOf(ctx, "orders", err)
	}
	return s.change(ctx, c)
}

// cancel takes an order out of its book. An order that is out of it already is the answer, too.
func (s *Server) cancel(ctx context.Context, who caller, id exchange.ClientID) reply {
	return s.change(ctx, exchange.Command{Kind: exchange.Cancel, Member: who.member, ClientID: id})
}

func (s *Server) change(ctx context.Context, c exchange.Command) reply {
	events, err := s.submitOne(ctx, c)
	if err != nil {
		return s.unknown(ctx, err, notHeard)
	}
	first := events[0]
	if first.Kind == exchange.Refused && (first.Reason != exchange.OrderIsDone || c.Kind != exchange.Cancel) {
		return refused(first.Reason, first.Sequence)
	}
	return s.shown(ctx, c, first, http.StatusOK)
}

// shown answers with the order as it is after the command of that sequence, as soon as the view has come so far: what is
// looked at next is not older than the answer.
func (s *Server) shown(ctx context.Context, c exchange.Command, answer exchange.Event, status int) reply {
	if err := s.state.await(ctx, answer.Sequence); err != nil {
		return s.unknown(ctx, err, "Your request has arrived, but what it did cannot be shown yet. Look at the order in a moment.")
	}
	o, found := s.state.order(c.Member, c.ClientID)
	switch {
	case !found: // it belongs to a period that closed long ago, or never opened
		return refused(answer.Reason, answer.Sequence)
	case c.Kind == exchange.Place && o.Status == exchange.Rejected:
		return refused(o.Reason, o.Order)
	}
	return reply{status, orderOf(o)}
}

// sweep is which orders to cancel: all of a member's, or those of one session, interval or side.
type sweep struct {
	session  uint64
	interval energy.Interval // zero: any
	side     exchange.Side   // zero: both
}

// holds reports whether the filter lets an order through by its interval and side.
func (f sweep) holds(o exchange.OrderState) bool {
	return (!f.interval.Valid() || o.Interval == f.interval) && (!f.side.Valid() || o.Side == f.side)
}

// cancelAll takes a member's resting orders out of their books.
func (s *Server) cancelAll(ctx context.Context, who caller, which sweep) reply {
	var w sweepWire
	var err error
	switch {
	case which.interval.Valid() || which.side.Valid():
		w, err = s.cancelSome(ctx, who.member, which)
	case which.session != 0:
		w, err = s.sweepScope(ctx, exchange.Command{Scope: exchange.ScopeSession, Member: who.member, Session: which.session})
	default:
		w, err = s.sweepScope(ctx, exchange.Command{Scope: exchange.ScopeMember, Member: who.member})
	}
	if err == nil {
		err = s.state.await(ctx, w.Sequence)
	}
	if err != nil {
		return s.unknown(ctx, err, "It is not known whether every order was cancelled. Send the request again: cancelling twice is harmless.")
	}
	return reply{http.StatusOK, w}
}

// sweepScope repeats a CancelAll until nothing of its scope rests.
func (s *Server) sweepScope(ctx context.Context, c exchange.Command) (sweepWire, error) {
	c.Kind = exchange.CancelAll
	w := sweepWire{ClientIDs: []string{}}
	for {
		events, err := s.submitOne(ctx, c)
		if err != nil {
			return w, err
		}
		first := events[0]
		if first.Kind == exchange.Refused {
			return w, fmt.Errorf("cancel all: refused: %s", first.Reason)
		}
		w.add(events)
		if first.Count == 0 {
			return w, nil
		}
	}
}

// cancelSome cancels the resting orders that the filter names, one by one.
func (s *Server) cancelSome(ctx context.Context, member energy.Member, which sweep) (sweepWire, error) {
	w := sweepWire{ClientIDs: []string{}}
	var commands []exchange.Command
	for _, o := range s.state.orders(member) {
		if o.Status == exchange.Resting && len(commands) < maxCancels && which.holds(o) {
			commands = append(commands, exchange.Command{Kind: exchange.Cancel, Member: member, ClientID: o.ClientID})
		}
	}
	if len(commands) == 0 {
		return w, nil
	}
	events, err := s.config.Submit(ctx, commands...)
	for _, e := range events {
		w.add(e)
	}
	return w, err
}

// add notes the orders that a command cancelled.
func (w *sweepWire) add(events []exchange.Event) {
	for _, e := range events {
		w.Sequence = max(w.Sequence, e.Sequence)
		if e.Kind == exchange.Cancelled {
			w.ClientIDs = append(w.ClientIDs, formatClientID(e.ClientID))
		}
	}
}
