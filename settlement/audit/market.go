package audit

import (
	"context"
	"slices"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/settlement"
)

// logged is a trade where the market's log has it.
type logged struct {
	trade settlement.Trade
	start int64  // of its interval, Unix seconds
	at    uint64 // sequence of the message
}

// replayMarket applies the order log to a market of its own and compares every event with the market's log. Events
// beyond the market's log were not published yet and settle nothing.
func (a *auditor) replayMarket(ctx context.Context) error {
	events, err := a.replayOrders(ctx)
	if err != nil {
		return err
	}
	var previous exchange.Digest
	number := uint64(0)
	_, err = a.Bus.Replay(ctx, bus.MarketSubject(a.Zone), 1, func(m bus.Message) error {
		message, err := exchange.DecodeMessage(m.Data)
		if err != nil {
			return differs("market log at %d: %v", m.Sequence, err)
		}
		number++
		if message.Zone != a.Zone || message.Number != number || message.Previous != previous {
			return differs("market log at %d: message %d of %s does not follow message %d of %s", m.Sequence, message.Number, message.Zone, number-1, a.Zone)
		}
		previous = exchange.DigestOf(m.Data)
		for i, e := range message.Events {
			if i >= len(events) || e != events[i] {
				return differs("market log at %d: event %d.%d, interval %s: the order log gives another", m.Sequence, e.Sequence, e.Index, e.Interval)
			}
		}
		events = events[len(message.Events):]
		a.collect.message(message)
		a.fold(m.Sequence, message.Events)
		a.marketEnd = m.Sequence
		return nil
	})
	return err
}

// replayOrders checks the chain of the order log and returns the events its commands cause.
func (a *auditor) replayOrders(ctx context.Context) (events []exchange.Event, err error) {
	market := exchange.NewMarket(a.Rules)
	var previous exchange.Digest
	number := uint64(0)
	_, err = a.Bus.Replay(ctx, bus.OrderSubject(a.Zone), 1, func(m bus.Message) error {
		batch, err := exchange.DecodeBatch(m.Data)
		if err != nil {
			return differs("order log at %d: %v", m.Sequence, err)
		}
		number++
		if batch.Zone != a.Zone || batch.Number != number || batch.Previous != previous || batch.First != market.Sequence()+1 || batch.Rules != a.Rules.Digest() {
			return differs("order log at %d: batch %d of %s does not follow batch %d of %s", m.Sequence, batch.Number, batch.Zone, number-1, a.Zone)
		}
		previous = exchange.DigestOf(m.Data)
		for _, c := range batch.Commands {
			events = append(events, market.Apply(c)...)
			a.report.Commands++
		}
		return nil
	})
	return events, err
}

func (a *auditor) fold(at uint64, events []exchange.Event) {
	a.count.Market(events)
	for _, e := range events {
		switch e.Kind {
		case exchange.GateClosed:
			a.closed[e.Interval] = at
		case exchange.Traded:
			t := settlement.TradeOf(e)
			start := e.Interval.StartUnix()
			a.trades = append(a.trades, logged{t, start, at})
			a.traded[start] = append(a.traded[start], t)
		}
	}
}

// compareTrades compares the ledger's trades with the market's log, as far as the ledger says it has read it.
func (a *auditor) compareTrades(ctx context.Context) error {
	position, err := a.Ledger.Position(ctx, settlement.MarketReader)
	if err != nil {
		return err
	}
	if position > a.marketEnd {
		return differs("the ledger has read the market log to %d, it ends at %d", position, a.marketEnd)
	}
	want := a.trades[:len(a.trades):len(a.trades)]
	if end := slices.IndexFunc(want, func(l logged) bool { return l.at > position }); end >= 0 {
		want = want[:end]
	}
	if err := a.Ledger.EachTrade(ctx, func(start int64, t settlement.Trade) error {
		if len(want) == 0 {
			return differs("%s trade %s, interval at %d: not in the market's log", a.Zone, nameTrade(t), start)
		}
		if want[0].trade != t || want[0].start != start {
			return differs("%s trade %s, interval at %d: the market's log has %s, interval at %d",
				a.Zone, nameTrade(t), start, nameTrade(want[0].trade), want[0].start)
		}
		want = want[1:]
		return nil
	}); err != nil {
		return err
	}
	if len(want) > 0 {
		return differs("%s trade %s, interval at %d: not in the ledger", a.Zone, nameTrade(want[0].trade), want[0].start)
	}
	return nil
}
