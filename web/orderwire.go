package web

import (
	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
)

// The structs of this file are what the order API sends, described field by field in openapi.yaml. Energy is in kWh and
// prices in currency units per kWh, both as decimal strings: what goes in comes out.

type orderWire struct {
	ClientID string       `json:"client_id"`
	Order    uint64       `json:"order"`
	Start    int64        `json:"start"`
	Side     string       `json:"side"`
	Type     string       `json:"type"`
	Price    string       `json:"price_per_kwh"`
	Quantity string       `json:"quantity_kwh"`
	Rest     string       `json:"rest_kwh"`
	Traded   string       `json:"traded_kwh"`
	Value    energy.Money `json:"value_nano,string"`
	GoodTill int64        `json:"good_till_ms"`
	Status   string       `json:"status"`
	Reason   string       `json:"reason"`
	Detail   string       `json:"detail"`
	PlacedMs int64        `json:"placed_ms"`
	AtMs     int64        `json:"changed_ms"`
}

func orderOf(o exchange.OrderState) orderWire {
	w := orderWire{
		ClientID: formatClientID(o.ClientID), Order: o.Order, Start: o.Interval.StartUnix(), Side: o.Side.String(),
		Price: perKWh(o.Price), Quantity: kWh(o.Quantity), Rest: kWh(o.Rest), Traded: kWh(o.Traded), Value: o.Value,
		Type: o.Type.String(), GoodTill: o.GoodTill, Status: o.Status.String(), PlacedMs: o.Placed, AtMs: o.Changed,
	}
	if o.Reason != exchange.NoReason {
		w.Reason, w.Detail = o.Reason.String(), o.Reason.Sentence()
	}
	return w
}

type sweepWire struct {
	ClientIDs []string `json:"client_ids"`
	Sequence  uint64   `json:"sequence"`
}

type offerWire struct {
	Price    string `json:"price_per_kwh"`
	Quantity string `json:"quantity_kwh"`
}

type printWire struct {
	ID       string `json:"id"`
	AtMs     int64  `json:"at_ms"`
	Start    int64  `json:"start"`
	Price    string `json:"price_per_kwh"`
	Quantity string `json:"quantity_kwh"`
}

func printOf(e exchange.Event) printWire {
	return printWire{ID: tradeID(e), AtMs: e.Time, Start: e.Interval.StartUnix(), Price: perKWh(e.Price), Quantity: kWh(e.Quantity)}
}

type statisticsWire struct {
	Trades int          `json:"trades"`
	Volume string       `json:"volume_kwh"`
	Value  energy.Money `json:"value_nano,string"`
	Mean   string       `json:"mean_per_kwh"`
	Low    string       `json:"low_per_kwh"`
	High   string       `json:"high_per_kwh"`
	Last   string       `json:"last_per_kwh"`
}

func statisticsOf(s exchange.Statistics) statisticsWire {
	w := statisticsWire{Trades: s.Trades, Volume: kWh(s.Volume), Value: s.Value}
	if mean, traded := s.WeightedPrice(); traded {
		w.Mean, w.Low, w.High, w.Last = perKWh(mean), perKWh(s.Low), perKWh(s.High), perKWh(s.Last)
	}
	return w
}

type depthWire struct {
	Start      int64          `json:"start"`
	Seconds    energy.Length  `json:"seconds"`
	GateMs     int64          `json:"gate_ms"`
	Open       bool           `json:"open"`
	Bids       []offerWire    `json:"bids"`
	Asks       []offerWire    `json:"asks"`
	Statistics statisticsWire `json:"statistics"`
}

type bookLineWire struct {
	Start      int64          `json:"start"`
	Seconds    energy.Length  `json:"seconds"`
	GateMs     int64          `json:"gate_ms"`
	Open       bool           `json:"open"`
	Statistics statisticsWire `json:"statistics"`
}

type booksWire struct {
	Next  uint64         `json:"next"`
	NowMs int64          `json:"now_ms"`
	Rules *rulesWire     `json:"rules,omitempty"`
	Books []bookLineWire `json:"books"`
}

type rulesWire struct {
	Zone        energy.Zone `json:"zone"`
	MinPrice    string      `json:"min_per_kwh"`
	MaxPrice    string      `json:"max_per_kwh"`
	Tick        string      `json:"tick_per_kwh"`
	MinQuantity string      `json:"min_kwh"`
	MaxQuantity string      `json:"max_kwh"`
	Lot         string      `json:"lot_kwh"`
}

func rulesOf(r exchange.Rules) *rulesWire {
	if r.Validate() != nil {
		return nil // not told to the server
	}
	lot := max(r.Lot, 1)
	return &rulesWire{
		Zone: r.Zone, MinPrice: perKWh(r.MinPrice), MaxPrice: perKWh(r.MaxPrice), Tick: perKWh(r.Tick),
		MinQuantity: kWh(max(r.MinQuantity, lot)), MaxQuantity: kWh(r.MaxQuantity), Lot: kWh(lot),
	}
}

type oneBookWire struct {
	Next  uint64    `json:"next"`
	Book  depthWire `json:"book"`
	Share string    `json:"optimum_share"` // 0 to 1
}

type printsWire struct {
	Next   uint64      `json:"next"`
	Trades []printWire `json:"trades"`
}

func kWh(e energy.WattHours) string { return e.KilowattHours().StringFixed(3) }

// perKWh prints a price with at least four decimal places, as people write it.
func perKWh(p energy.Price) string { return p.String() }

// feedWire covers the commands from First up to Next, without Next.
type feedWire struct {
	Kind   string      `json:"kind"` // snapshot or difference
	First  uint64      `json:"first"`
	Next   uint64      `json:"next"`
	AtMs   int64       `json:"at_ms"` // of the last command
	Books  []depthWire `json:"books"`
	Trades []printWire `json:"trades"`
	Orders []orderWire `json:"orders"` // the reader's own
}

type beatWire struct {
	Kind  string `json:"kind"`
	Next  uint64 `json:"next"`
	NowMs int64  `json:"now_ms"`
}

type welcomeWire struct {
	Kind               string        `json:"kind"`
	Member             energy.Member `json:"member"`
	Scope              string        `json:"scope"`
	Session            string        `json:"session"`
	CancelOnDisconnect bool          `json:"cancel_on_disconnect"`
	HeartbeatMs        int64         `json:"heartbeat_ms"` // of the wall
	Next               uint64        `json:"next"`
	NowMs              int64         `json:"now_ms"`
}

type answerWire struct {
	Kind    string `json:"kind"`
	Request int64  `json:"request"` // as the program numbered it
	Status  int    `json:"status"`  // as REST would answer
	Body    any    `json:"body"`
}
