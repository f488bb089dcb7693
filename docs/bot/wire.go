package main

import (
	"encoding/json"
	"fmt"

	"github.com/wattle/wattle/energy"
)

// The structs of this file are the part of web/openapi.yaml that the bot reads. Amounts stay text until they are needed.

type street struct {
	Supplier struct {
		Import energy.Price `json:"import_micro"`
		Export energy.Price `json:"export_micro"`
	} `json:"supplier"`
}

type market struct {
	Rules *struct {
		Min  string `json:"min_per_kwh"`
		Max  string `json:"max_per_kwh"`
		Tick string `json:"tick_per_kwh"`
	} `json:"rules"`
}

type offer struct {
	Price    string `json:"price_per_kwh"`
	Quantity string `json:"quantity_kwh"`
}

type book struct {
	Start int64   `json:"start"`
	Open  bool    `json:"open"`
	Bids  []offer `json:"bids"`
	Asks  []offer `json:"asks"`
}

type order struct {
	ClientID string `json:"client_id"`
	Start    int64  `json:"start"`
	Side     string `json:"side"`
	Price    string `json:"price_per_kwh"`
	Rest     string `json:"rest_kwh"`
	Traded   string `json:"traded_kwh"`
	Status   string `json:"status"`
}

// message is anything the feed sends.
type message struct {
	Kind    string          `json:"kind"`
	First   uint64          `json:"first"`
	Next    uint64          `json:"next"`
	Books   []book          `json:"books"`
	Orders  []order         `json:"orders"`
	Member  string          `json:"member"`
	Request int64           `json:"request"`
	Status  int             `json:"status"`
	Body    json.RawMessage `json:"body"`
}

// problem is why something was refused.
type problem struct {
	Status int    `json:"status"`
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

func (p problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Reason, p.Detail) }

// request is anything the bot sends after hello.
type request struct {
	Op       string `json:"op"`
	Request  int64  `json:"request"`
	ClientID string `json:"client_id,omitempty"`
	Start    int64  `json:"start,omitempty"`
	Side     string `json:"side,omitempty"`
	Type     string `json:"type,omitempty"`
	Price    string `json:"price_per_kwh,omitempty"`
	Quantity string `json:"quantity_kwh,omitempty"`
	From     uint64 `json:"from,omitempty"`
}

type hello struct {
	Op                 string `json:"op"`
	From               uint64 `json:"from"`
	CancelOnDisconnect bool   `json:"cancel_on_disconnect"`
}

func kWh(e energy.WattHours) string   { return e.KilowattHours().StringFixed(3) }
func perKWh(p energy.Price) string    { return p.Decimal().StringFixed(6) }
func wh(text string) energy.WattHours { return must(energy.ParseKilowattHours(text)) }
func price(text string) energy.Price  { return must(energy.ParsePrice(text)) }

// must takes what the server sent for right: another answer is no street.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
