package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wattle/wattle/energy"
)

const (
	comeBack     = time.Second      // before the bot connects again
	answerTime   = 10 * time.Second // for one answer; longer than the server takes to give up
	silenceLimit = 15 * time.Second // three heartbeats without a word: the server is gone
	idBytes      = 16               // of a client id
	prefixBytes  = 6                // of them, the same in all of this bot's
)

// bot is the market maker. One goroutine owns it; another reads the socket.
type bot struct {
	settings
	log    *slog.Logger
	prefix string
	limits limits

	next   uint64           // number in the zone's log that the bot wants next; 0: everything
	books  map[int64]*depth // open ones, by start
	orders map[string]order // the bot's own, by client id
	asked  map[int64]bool   // periods whose earlier orders were looked up

	requests int64
	pending  map[int64]request // not answered yet, by number
	unknown  []int64           // of those, whose outcome is not known or that came too often: to be sent again
}

func newBot(s settings, log *slog.Logger) *bot {
	name := sha256.Sum256([]byte("wattle-bot/" + s.name))
	return &bot{
		settings: s, log: log, prefix: hyphens(hex.EncodeToString(name[:prefixBytes]) + strings.Repeat("0", 2*(idBytes-prefixBytes)))[:13],
		books: map[int64]*depth{}, orders: map[string]order{}, asked: map[int64]bool{}, pending: map[int64]request{},
	}
}

// hyphens makes a UUID of 32 digits.
func hyphens(h string) string {
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// newID makes up a client id that says whose order it is, and is used once.
func (b *bot) newID() string {
	var random [idBytes]byte
	rand.Read(random[:]) // never fails (crypto/rand)
	return b.prefix + hyphens(hex.EncodeToString(random[:]))[len(b.prefix):]
}

// run trades until ctx is done, over as many connections as it takes. It ends early where the server says that the token
// is not good.
func (b *bot) run(ctx context.Context) error {
	for {
		err := b.connect(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if websocket.IsCloseError(err, websocket.ClosePolicyViolation) {
			return fmt.Errorf("the token is not good, or not for trading: %w", err)
		}
		b.log.LogAttrs(ctx, slog.LevelWarn, "connection lost", slog.Any("error", err))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(comeBack):
		}
	}
}

// connect trades over one connection until it ends.
func (b *bot) connect(ctx context.Context) error {
	if err := b.learn(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var reader sync.WaitGroup
	defer func() { cancel(); reader.Wait() }() // the socket is closed before
	address := strings.Replace(b.url, "http", "ws", 1) + "/api/stream"
	socket, response, err := websocket.DefaultDialer.DialContext(ctx, address, http.Header{"Authorization": {"Bearer " + b.token}})
	if err != nil {
		return fmt.Errorf("connect to %s: %w", address, err)
	}
	defer response.Body.Close()
	defer socket.Close()
	if err := send(socket, hello{Op: "hello", From: b.next, CancelOnDisconnect: true}); err != nil {
		return err
	}
	messages, failed := make(chan message), make(chan error, 1)
	reader.Go(func() { failed <- read(ctx, socket, messages) })
	look := time.NewTicker(b.every)
	defer look.Stop()
	for {
		select {
		case m := <-messages:
			err = b.hear(ctx, socket, m)
		case <-look.C:
			err = b.trade(ctx, socket)
		case err = <-failed:
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

// read hands over what the server sends until the socket ends.
func read(ctx context.Context, socket *websocket.Conn, to chan<- message) error {
	for {
		if err := socket.SetReadDeadline(time.Now().Add(silenceLimit)); err != nil {
			return err
		}
		var m message
		if err := socket.ReadJSON(&m); err != nil {
			return err
		}
		select {
		case to <- m:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// send writes one message; a server that does not take it in time is gone.
func send(socket *websocket.Conn, value any) error {
	if err := socket.SetWriteDeadline(time.Now().Add(answerTime)); err != nil {
		return err
	}
	return socket.WriteJSON(value)
}

// get asks by REST.
func (b *bot) get(ctx context.Context, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+b.token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		var p problem
		if err := json.NewDecoder(response.Body).Decode(&p); err != nil {
			return fmt.Errorf("%s: %s", path, response.Status)
		}
		return fmt.Errorf("%s: %w", path, p)
	}
	return json.NewDecoder(response.Body).Decode(into)
}

// learn asks for the prices between which it pays to trade.
func (b *bot) learn(ctx context.Context) error {
	var s street
	var m market
	if err := b.get(ctx, "/api/street", &s); err != nil {
		return err
	}
	if err := b.get(ctx, "/api/market", &m); err != nil {
		return err
	}
	if m.Rules == nil {
		return fmt.Errorf("the street does not tell the rules of its market")
	}
	b.limits = limits{max(s.Supplier.Export, price(m.Rules.Min)), min(s.Supplier.Import, price(m.Rules.Max)), price(m.Rules.Tick)}
	return nil
}

// hear takes a message of the feed, and asks again for what is missing.
func (b *bot) hear(ctx context.Context, socket *websocket.Conn, m message) error {
	switch m.Kind {
	case "welcome":
		b.log.LogAttrs(ctx, slog.LevelInfo, "connected", slog.String("member", m.Member))
		b.unknown = slices.Sorted(maps.Keys(b.pending)) // their answers were lost with the connection before
	case "answer":
		return b.answered(ctx, m)
	default:
		if b.missing(m) {
			b.log.LogAttrs(ctx, slog.LevelInfo, "missed something", slog.Uint64("from", b.next), slog.Uint64("to", m.Next))
			return send(socket, request{Op: "resume", From: b.next})
		}
		b.take(m)
	}
	return nil
}

// missing reports whether something lies between what the bot knows and what a message tells.
func (b *bot) missing(m message) bool {
	return m.Kind == "difference" && m.First > b.next || m.Kind == "heartbeat" && m.Next > b.next
}

// take folds a snapshot or a difference into what the bot knows.
func (b *bot) take(m message) {
	if m.Kind == "heartbeat" {
		return
	}
	if m.Kind == "snapshot" {
		b.books, b.orders, b.asked = map[int64]*depth{}, map[string]order{}, map[int64]bool{}
	}
	for _, k := range m.Books {
		if b.books[k.Start] == nil {
			b.books[k.Start] = newDepth()
		}
		b.books[k.Start].take(k)
		if !k.Open {
			delete(b.books, k.Start)
			delete(b.asked, k.Start)
		}
	}
	b.note(m.Orders)
	for id, o := range b.orders {
		if b.books[o.Start] == nil {
			delete(b.orders, id) // its gate has closed
		}
	}
	b.next = max(b.next, m.Next)
	if m.Kind == "snapshot" {
		b.next = m.Next
	}
}

// note keeps the orders that are this bot's.
func (b *bot) note(orders []order) {
	for _, o := range orders {
		if strings.HasPrefix(o.ClientID, b.prefix) {
			b.orders[o.ClientID] = o
		}
	}
}

// answered takes the answer to a request. The feed brings the order itself.
func (b *bot) answered(ctx context.Context, m message) error {
	r, known := b.pending[m.Request]
	if !known {
		return nil // to a resume
	}
	if m.Status == http.StatusServiceUnavailable || m.Status == http.StatusTooManyRequests {
		b.unknown = append(b.unknown, m.Request)
		return nil
	}
	delete(b.pending, m.Request)
	var p problem
	var o order
	if m.Status >= http.StatusBadRequest {
		if err := json.Unmarshal(m.Body, &p); err != nil {
			return err
		}
		b.log.LogAttrs(ctx, slog.LevelInfo, "refused", slog.String("op", r.Op), slog.String("reason", p.Reason), slog.String("detail", p.Detail))
		return nil
	}
	if err := json.Unmarshal(m.Body, &o); err != nil {
		return err
	}
	if _, told := b.orders[o.ClientID]; !told && b.books[o.Start] != nil { // what the feed has told is newer
		b.note([]order{o})
	}
	return nil
}

// trade sends again what was not answered, and what is needed for the quotes to be what they should.
func (b *bot) trade(ctx context.Context, socket *websocket.Conn) error {
	for _, n := range b.unknown {
		if err := send(socket, b.pending[n]); err != nil {
			return err
		}
	}
	b.unknown = nil
	starts := slices.Sorted(maps.Keys(b.books))
	for _, start := range starts[:min(b.intervals, len(starts))] {
		if err := b.lookUp(ctx, start); err != nil {
			return err
		}
		for _, r := range b.wanted(start) {
			b.requests++
			r.Request = b.requests
			b.pending[r.Request] = r
			if err := send(socket, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// lookUp learns once what the bot did in a period before it came.
func (b *bot) lookUp(ctx context.Context, start int64) error {
	if b.asked[start] {
		return nil
	}
	var earlier []order
	if err := b.get(ctx, "/api/orders?"+url.Values{"start": {fmt.Sprint(start)}, "limit": {"500"}}.Encode(), &earlier); err != nil {
		return err
	}
	b.note(earlier)
	b.asked[start] = true
	return nil
}

// wanted are the requests that make the bot's orders in a period what they should be: at most one on each side.
func (b *bot) wanted(start int64) (requests []request) {
	var held energy.WattHours
	resting := map[string][]order{}
	var own []order
	for _, o := range b.orders {
		if o.Start != start {
			continue
		}
		if o.Side == buy {
			held += wh(o.Traded)
		} else {
			held -= wh(o.Traded)
		}
		if o.Status == "resting" {
			resting[o.Side] = append(resting[o.Side], o)
			own = append(own, o)
		}
	}
	bid, ask := b.quotes(b.limits, b.books[start].without(own), held)
	for _, one := range []struct {
		side string
		quote
	}{{buy, bid}, {sell, ask}} {
		if !b.busy(start, one.side) {
			requests = append(requests, b.side(start, one.side, one.quote, resting[one.side])...)
		}
	}
	return requests
}

// busy reports whether something about one side of a period is under way.
func (b *bot) busy(start int64, side string) bool {
	for _, r := range b.pending {
		if r.Start == start && r.Side == side || b.orders[r.ClientID].Start == start && b.orders[r.ClientID].Side == side {
			return true
		}
	}
	return false
}

// side makes what waits on one side the quote: it places, amends or cancels.
func (b *bot) side(start int64, side string, q quote, resting []order) (requests []request) {
	slices.SortFunc(resting, func(x, y order) int { return cmp.Compare(x.ClientID, y.ClientID) })
	keep := 1
	if q.size == 0 {
		keep = 0
	}
	for _, o := range resting[min(keep, len(resting)):] {
		requests = append(requests, request{Op: "cancel", ClientID: o.ClientID})
	}
	switch {
	case keep == 0:
	case len(resting) == 0:
		requests = append(requests, request{
			Op: "place", ClientID: b.newID(), Start: start, Side: side, Type: "post-only", Price: perKWh(q.price), Quantity: kWh(q.size),
		})
	case price(resting[0].Price) != q.price || wh(resting[0].Rest) != q.size:
		o := resting[0]
		requests = append(requests, request{Op: "amend", ClientID: o.ClientID, Price: perKWh(q.price), Quantity: kWh(wh(o.Traded) + q.size)})
	}
	return requests
}
