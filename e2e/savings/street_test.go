package savings

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/exchange/autopilot"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement"
	"github.com/wattle/wattle/sim"
)

const (
	length   = energy.FifteenMinutes
	gateLead = 3 * time.Minute
	liveStep = time.Minute // between two live values of a home, and two looks of the autopilot at the clock
	horizon  = 4           // books open ahead
)

var (
	tariff = settlement.Tariff{Import: 300_000, Export: 80_000, Network: 70_000}
	rules  = exchange.Rules{Zone: "street", Length: length, MinPrice: tariff.Export, MaxPrice: tariff.Import, Tick: 100, MaxQuantity: 100_000}
)

// street is a whole zone without machines: simulated homes, the autopilot, the market and settlement, and one clock.
type street struct {
	t         *testing.T
	homes     []*sim.Home
	owner     map[energy.Meter]energy.Member
	now       time.Time
	market    *exchange.Market
	pilot     *autopilot.Autopilot
	key       ed25519.PrivateKey
	last      map[energy.Meter]meter.SignedReading
	trades    map[energy.Interval][]settlement.Trade
	energy    map[energy.Meter]flow // of the interval measured last
	bills     map[energy.Member]*bill
	settled   int
	delivered energy.WattHours // to neighbours
	possible  energy.WattHours // what neighbours exported and imported at the same time
}

type flow struct{ imported, exported energy.WattHours }

// bill is what a home pays, in 1e-9 of the currency.
type bill struct {
	utility energy.Money // everything from and to the utility
	paid    energy.Money // with neighbours
}

func newStreet(t *testing.T, seed uint64, start time.Time) *street {
	n, err := sim.New(sim.Config{Seed: seed, Start: start})
	if err != nil {
		t.Fatal(err)
	}
	s := &street{t: t, homes: n.Homes(), owner: map[energy.Meter]energy.Member{}, now: start, market: exchange.NewMarket(rules),
		key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), last: map[energy.Meter]meter.SignedReading{},
		trades: map[energy.Interval][]settlement.Trade{}, energy: map[energy.Meter]flow{}, bills: map[energy.Member]*bill{}}
	for _, h := range s.homes {
		s.owner[h.Meter], s.bills[h.Member] = h.Member, &bill{}
	}
	s.pilot = s.autopilot()
	return s
}

func (s *street) autopilot() *autopilot.Autopilot {
	c := autopilot.Config{Rules: rules, Tariff: autopilot.Tariff{Export: tariff.Export, Import: tariff.Import, Network: tariff.Network},
		Submit: s.submit, Now: func() time.Time { return s.now }, Log: slog.New(slog.DiscardHandler), GateLead: gateLead}
	for _, h := range s.homes {
		c.Homes = append(c.Homes, autopilot.Home{Member: h.Member, Meter: h.Meter, SellAtLeast: tariff.Export, BuyAtMost: tariff.Import,
			Battery: autopilot.Battery{Capacity: h.Capacity, Reserve: h.Capacity / 20, Power: h.Storage}})
	}
	pilot, err := autopilot.New(c)
	if err != nil {
		s.t.Fatal(err)
	}
	return pilot
}

func (s *street) submit(_ context.Context, commands ...exchange.Command) ([][]exchange.Event, error) {
	var answers [][]exchange.Event
	for _, c := range commands {
		answers = append(answers, s.apply(c))
	}
	return answers, nil
}

func (s *street) apply(c exchange.Command) []exchange.Event {
	c.Time = s.now.UnixMilli()
	events := slices.Clone(s.market.Apply(c))
	for _, e := range events {
		switch e.Kind {
		case exchange.Traded:
			s.trades[e.Interval] = append(s.trades[e.Interval], settlement.Trade{Sequence: e.Sequence, Index: e.Index,
				Buyer: e.Buyer(), Seller: e.Seller(), Quantity: e.Quantity, Price: e.Price})
		case exchange.Refused:
			if e.Reason != exchange.OrderIsDone { // an order is filled before it is moved
				s.t.Errorf("%s %s was refused: %s", e.Member, e.Interval, e.Reason)
			}
		}
	}
	return events
}

// run lives until a time: what is due happens in the order in which it happens in a real street.
func (s *street) run(until time.Time) {
	s.t.Helper()
	for s.now.Before(until) {
		if s.now.Unix()%int64(length) == 0 {
			s.boundary()
		}
		s.gates()
		for _, h := range s.homes {
			s.live(h)
		}
		if err := s.pilot.Step(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
		s.now = s.now.Add(liveStep)
	}
	s.boundary()
}

func (s *street) gates() {
	current := energy.IntervalAt(s.now, length)
	for n := 1; n <= horizon; n++ {
		if newest, ok := s.market.Newest(); !ok || newest.Compare(current.Add(n)) < 0 {
			s.apply(exchange.Command{Kind: exchange.OpenBook, Interval: current.Add(n)})
		}
	}
	for _, iv := range s.market.Open() {
		if !s.now.Before(iv.Start().Add(-gateLead)) {
			s.apply(exchange.Command{Kind: exchange.CloseGate, Interval: iv})
		}
	}
}

func (s *street) live(h *sim.Home) {
	state := h.State(s.now)
	l := meter.Live{Meter: h.Meter, At: s.now.UnixMilli(), Grid: state.Grid, Solar: state.Solar, Battery: state.Battery, Charge: -1, Reachable: true}
	if h.Capacity > 0 {
		l.Charge = int32(1000 * state.Charge)
	}
	s.pilot.Live(l)
}

// boundary reads every meter, tells the autopilot and settles the interval that is over.
func (s *street) boundary() {
	over := energy.IntervalAt(s.now.Add(-time.Second), length)
	measured := true
	for _, h := range s.homes {
		state, before := h.State(s.now), s.last[h.Meter]
		if before.Boundary == s.now.Unix() {
			return // the run before ended here
		}
		r := meter.Reading{Zone: "street", Meter: h.Meter, Boot: 1, Counter: before.Counter + 1, Boundary: s.now.Unix(), Taken: s.now.UnixMilli(),
			Import: state.Import, Export: state.Export, Quality: meter.Measured}
		if before.Counter == 0 {
			measured = false
		} else {
			r.Previous = before.Digest()
			s.energy[h.Meter] = flow{state.Import - before.Import, state.Export - before.Export}
		}
		signed := meter.Sign(s.key, r)
		s.last[h.Meter] = signed
		s.pilot.Reading(signed)
	}
	if measured {
		s.settle(over)
	}
}

// settle bills an interval twice: as it was settled, and as the utility would have.
func (s *street) settle(iv energy.Interval) {
	s.t.Helper()
	c := settlement.Case{Key: settlement.Key{Zone: "street", Interval: iv}, Trades: s.trades[iv], Owner: s.owner, Tariff: tariff}
	delete(s.trades, iv)
	for _, h := range s.homes {
		e := s.energy[h.Meter]
		c.Leaves = append(c.Leaves, oracle.Leaf{Meter: h.Meter, Import: e.imported, Export: e.exported})
	}
	r, err := settlement.Settle(c)
	if err != nil {
		s.t.Fatal(err)
	}
	s.settled++
	s.conserved(c, r)
	balances := map[energy.Member]energy.Money{}
	for _, p := range r.Postings {
		if p.Asset == settlement.MoneyAsset {
			balances[p.To.Owner] += energy.Money(p.Amount)
			balances[p.From.Owner] -= energy.Money(p.Amount)
		}
	}
	for _, h := range s.homes {
		b, e := s.bills[h.Member], s.energy[h.Meter]
		utility := (tariff.Import + tariff.Network).Cost(e.imported) - tariff.Export.Cost(e.exported)
		b.utility += utility
		b.paid -= balances[h.Member]
	}
}

// conserved checks an interval: nothing is lost or invented, in Wh and in money.
func (s *street) conserved(c settlement.Case, r settlement.Result) {
	s.t.Helper()
	var load, generated, imbalance, delivered, bought energy.WattHours
	for _, l := range c.Leaves {
		load, generated = load+l.Import, generated+l.Export
	}
	for _, i := range r.Imbalances {
		imbalance += i.Import - i.Export
	}
	for i, d := range r.Deliveries {
		delivered += d.Quantity
		bought += c.Trades[i].Quantity
	}
	if load-generated != imbalance || r.Export != generated || r.Import != load || delivered != r.Delivered || delivered > min(load, generated, bought) {
		s.t.Fatalf("%s: import %s export %s, imbalance %s, bought %s, delivered %s: energy is not conserved", c.Key, load, generated, imbalance, bought, delivered)
	}
	s.possible += min(load, generated)
	s.delivered += delivered
	money, tokens := map[settlement.Account]energy.Money{}, map[settlement.Account]energy.WattHours{}
	for _, p := range r.Postings {
		if p.Asset == settlement.MoneyAsset {
			money[p.From] -= energy.Money(p.Amount)
			money[p.To] += energy.Money(p.Amount)
		} else {
			tokens[p.From] -= energy.WattHours(p.Amount)
			tokens[p.To] += energy.WattHours(p.Amount)
		}
	}
	var members, supplier energy.Money
	var held energy.WattHours
	for a, m := range money {
		if a.Kind == settlement.MemberAccount {
			members += m
		}
	}
	for a, e := range tokens {
		if a.Kind == settlement.MemberAccount {
			held += e
		}
	}
	for _, i := range r.Imbalances {
		supplier += tariff.Import.Cost(i.Import) - tariff.Export.Cost(i.Export)
	}
	network := tariff.Network.Cost(load)
	if members != -supplier-network || money[settlement.Account{Kind: settlement.SupplierAccount}] != supplier ||
		money[settlement.Account{Kind: settlement.NetworkAccount}] != network {
		s.t.Fatalf("%s: members %s, supplier %s, network %s: money is not conserved", c.Key, members, supplier, network)
	}
	if held != generated || tokens[settlement.Account{Kind: settlement.IssuanceAccount}] != -generated {
		s.t.Fatalf("%s: members hold %s of %s: tokens are not conserved", c.Key, held, generated)
	}
}
