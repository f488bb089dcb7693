package web

import (
	"testing"

	"github.com/wattle/wattle/exchange"
)

// BenchmarkFeed is one frame of a busy zone for 100 programs: three orders in each of two days' books.
func BenchmarkFeed(b *testing.B) {
	const books, programs = 192, 100
	street := newTestStreet(b)
	for range books - booksAhead {
		street.open()
	}
	f := street.server.feed
	f.traders = map[*trader]bool{}
	for range programs {
		f.traders[&trader{client: client{queue: make(chan frame, 1)}, who: caller{member: "home-12"}}] = true
	}
	f.flush()
	open := street.market.Open()
	n := uint64(0)
	for b.Loop() {
		b.StopTimer()
		for _, iv := range open {
			for range 3 {
				n++
				c := exchange.Command{Kind: exchange.Place, Interval: iv, Member: street.homes[n%11].Member, Side: exchange.Buy + exchange.Side(n%2), Quantity: 100, Price: 200_100}
				c.ClientID[0], c.ClientID[1], c.ClientID[2], c.ClientID[3] = byte(n), byte(n>>8), byte(n>>16), 1
				street.apply(c)
			}
		}
		for t := range f.traders {
			for len(t.queue) > 0 {
				<-t.queue
			}
		}
		b.StartTimer()
		f.flush()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/books, "us/book")
}
