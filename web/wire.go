package web

import (
	"encoding/hex"

	"github.com/wattle/wattle/energy"
)

// The structs of this file are what goes over the wire, described field by field in openapi.yaml.

// Hex is bytes, written as lower-case hexadecimal after 0x.
type Hex []byte

// MarshalText writes the bytes.
func (h Hex) MarshalText() ([]byte, error) {
	return append([]byte("0x"), hex.EncodeToString(h)...), nil
}

// UnmarshalText reads what MarshalText wrote.
func (h *Hex) UnmarshalText(text []byte) (err error) {
	if len(text) < 2 || string(text[:2]) != "0x" {
		return hex.InvalidByteError('x')
	}
	*h, err = hex.DecodeString(string(text[2:]))
	return err
}

// Contract is a contract of the zone on chain.
type Contract struct {
	Name    string `json:"name"`
	Address Hex    `json:"address"`
}

// Home is one home of the street.
type Home struct {
	Member  energy.Member `json:"member"`
	Meter   energy.Meter  `json:"meter"` // the connection point's
	Name    string        `json:"name"`
	Solar   bool          `json:"solar"`
	Battery bool          `json:"battery"`
}

// Interval is how far the settlement of a delivery interval has come. Figures that are not known in its State are 0.
type Interval struct {
	Start     int64            `json:"start"` // Unix seconds
	Seconds   energy.Length    `json:"seconds"`
	Run       uint32           `json:"run"`
	State     string           `json:"state"` // as settlement.State prints it
	Meters    int              `json:"meters"`
	Export    energy.WattHours `json:"export_wh"`
	Import    energy.WattHours `json:"import_wh"`
	Trades    int              `json:"trades"`
	Traded    energy.WattHours `json:"traded_wh"`
	Delivered energy.WattHours `json:"delivered_wh"`
	Minted    energy.WattHours `json:"minted_wh"`
}

// Proof is an interval with everything that lets a reader check it.
type Proof struct {
	Interval     Interval    `json:"interval"`
	Report       Hex         `json:"report"` // oracle.AppendReport; empty until attested
	Root         Hex         `json:"root"`
	ConfigDigest Hex         `json:"config_digest"`
	Sequence     uint64      `json:"sequence"`
	Faulty       int         `json:"faulty"`
	Oracles      []Hex       `json:"oracles"`
	Signatures   []Signature `json:"signatures"`
	Transaction  Hex         `json:"transaction"` // empty until minted
	Block        uint64      `json:"block"`
	Leaves       []Leaf      `json:"leaves"`
}

// Signature is an oracle's signature and the address it belongs to.
type Signature struct {
	Signer    Hex `json:"signer"`
	Signature Hex `json:"signature"`
}

// Leaf is what the attestation says about one meter, and its way to the root.
type Leaf struct {
	Meter   energy.Meter     `json:"meter"`
	Member  energy.Member    `json:"member"`
	Import  energy.WattHours `json:"import_wh"`
	Export  energy.WattHours `json:"export_wh"`
	Since   int64            `json:"since"`
	Quality string           `json:"quality"` // as meter.Quality prints it
	Reading Hex              `json:"reading"`
	Hash    Hex              `json:"hash"`
	Proof   []Hex            `json:"proof"`
}

// Ledger is what a member has and why.
type Ledger struct {
	Member energy.Member    `json:"member"`
	Money  energy.Money     `json:"money_nano,string"`
	Energy energy.WattHours `json:"energy_wh"`
	Lines  []Line           `json:"lines"`
}

// Line is one transfer as the member sees it: what is positive was received. Either Money or Tokens is 0.
type Line struct {
	ID           Hex              `json:"id"`
	Start        int64            `json:"start"`
	Run          uint32           `json:"run"`
	Leg          string           `json:"leg"`          // as settlement.Leg prints it
	Counterparty string           `json:"counterparty"` // a member, or the kind of the other account
	Energy       energy.WattHours `json:"energy_wh"`
	Money        energy.Money     `json:"money_nano,string"`
	Tokens       energy.WattHours `json:"tokens_wh"`
}

// PartState says how well a part of the street works.
type PartState string

// The states of a part, from best to worst.
const (
	OK       PartState = "ok"
	Degraded PartState = "degraded" // works, but not as it should
	Down     PartState = "down"
)

// Part is a part of the street and how it works.
type Part struct {
	Name   string    `json:"name"`
	State  PartState `json:"state"`
	Detail string    `json:"detail"` // what is wrong; empty when OK
}

type streetWire struct {
	Zone      energy.Zone   `json:"zone"`
	Interval  energy.Length `json:"interval_seconds"`
	Speed     int           `json:"speed"`
	Currency  string        `json:"currency"`
	TimeZone  string        `json:"time_zone"`
	Supplier  supplierWire  `json:"supplier"`
	Contracts []Contract    `json:"contracts"`
	Homes     []Home        `json:"homes"`
	NowMs     int64         `json:"now_ms"`
}

type supplierWire struct {
	Import energy.Price `json:"import_micro"`
	Export energy.Price `json:"export_micro"`
}

type healthWire struct {
	Status PartState `json:"status"`
	Parts  []Part    `json:"parts"`
}

type flowWire struct {
	NowMs int64      `json:"now_ms"`
	Homes []liveWire `json:"homes"`
	Parts []Part     `json:"parts"`
}

type liveWire struct {
	Member    energy.Member `json:"member"`
	AtMs      int64         `json:"at_ms"`
	Grid      energy.Watts  `json:"grid_w"`
	Solar     energy.Watts  `json:"solar_w"`
	Battery   energy.Watts  `json:"battery_w"`
	Charge    int32         `json:"soc_permil"`
	Reachable bool          `json:"reachable"`
	Problem   string        `json:"problem"`
}

type marketWire struct {
	NowMs  int64       `json:"now_ms"`
	Books  []bookWire  `json:"books"`
	Trades []tradeWire `json:"trades"`
}

type bookWire struct {
	Start   int64            `json:"start"`
	Seconds energy.Length    `json:"seconds"`
	GateMs  int64            `json:"gate_ms"`
	Open    bool             `json:"open"`
	Bids    []levelWire      `json:"bids"`
	Asks    []levelWire      `json:"asks"`
	Trades  int              `json:"trades"`
	Traded  energy.WattHours `json:"traded_wh"`
}

type levelWire struct {
	Price    energy.Price     `json:"price_micro"`
	Quantity energy.WattHours `json:"quantity_wh"`
}

type tradeWire struct {
	ID       string           `json:"id"`
	AtMs     int64            `json:"at_ms"`
	Start    int64            `json:"start"`
	Buyer    energy.Member    `json:"buyer"`
	Seller   energy.Member    `json:"seller"`
	Quantity energy.WattHours `json:"quantity_wh"`
	Price    energy.Price     `json:"price_micro"`
}

type settlementWire struct {
	Intervals []Interval `json:"intervals"`
}

type frameWire struct {
	Topic topic  `json:"topic"`
	Kind  string `json:"kind"`
	N     uint64 `json:"n"`
	Data  any    `json:"data"`
}

type heartbeatWire struct {
	Topic string           `json:"topic"`
	Kind  string           `json:"kind"`
	Last  map[topic]uint64 `json:"last"`
	NowMs int64            `json:"now_ms"`
}
