package main

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/exchange/sequencer"
	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
)

// The same with the sequencer and its logs behind the server, which hears of what happened from the log alone.
func TestTheBotOverTheRealLogs(t *testing.T) {
	s := newStreet(t)
	logs := bustest.Open(t)
	seq, err := sequencer.New(sequencer.Config{
		Rules: s.market.Rules(), Bus: logs, Now: func() time.Time { return opening }, Log: slog.New(slog.DiscardHandler), Lease: -1,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	t.Cleanup(group.Wait)
	t.Cleanup(cancel)
	group.Go(func() { _ = seq.Run(ctx) }) // with ctx's error
	ready, done := context.WithTimeout(ctx, 20*time.Second)
	defer done()
	if err := seq.Wait(ready); err != nil {
		t.Fatal(err)
	}
	for _, iv := range s.books {
		if _, err := seq.Submit(ctx, exchange.Command{Kind: exchange.OpenBook, Interval: iv}); err != nil {
			t.Fatal(err)
		}
	}
	s.entry, s.log = seq.Submit, nil
	s.serve()
	group.Go(func() {
		_ = logs.Follow(ctx, bus.MarketSubject("street"), 1, func(m bus.Message) error { // with ctx's error
			events, err := exchange.DecodeMarketMessage(m.Data)
			if err == nil {
				err = s.server.Market(events)
			}
			if err != nil {
				t.Errorf("market log: %v", err)
			}
			return err
		})
	})
	stop := s.start(s.settings())
	s.wait("at the start", s.books[0], "buy 0.1800 0.500", "sell 0.2000 0.500")
	s.trade("home-02", "", s.books[0], "sell", "0.1000", "0.700")
	s.wait("after it bought", s.books[0], "buy 0.0900 0.500", "sell 0.1100 0.500") // around what the neighbour still offers
	stop()
	s.wait("after it stopped", s.books[0])
}
