package web

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/problem"
)

var (
	// ErrBody is returned for a body that is not what openapi.yaml says.
	ErrBody = problem.New(problem.Invalid, "not a valid request")
	// errTooLong and errType are ErrBody with a status of their own.
	errTooLong = problem.New(problem.Invalid, "the body is too long")
	errType    = problem.New(problem.Invalid, "send the body as application/json")
)

// object is a JSON object whose values are strings, numbers or booleans: all that requests need.
type object map[string]any

// parseObject reads exactly one flat object with none but the known names, each at most once and spelled as they are.
func parseObject(text []byte, known ...string) (object, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("want a JSON object: %w", ErrBody)
	}
	o := object{}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, fmt.Errorf("not JSON: %w", ErrBody)
		}
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%.40q is not known; known are %s: %w", name, strings.Join(known, ", "), ErrBody)
		}
		if _, twice := o[name]; twice {
			return nil, fmt.Errorf("%s occurs twice: %w", name, ErrBody)
		}
		value, _ := d.Token() // nil with an error
		switch value.(type) {
		case string, json.Number, bool:
			o[name] = value
		default:
			return nil, fmt.Errorf("%s: want a string, a number or true or false: %w", name, ErrBody)
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("the object does not end: %w", ErrBody)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("something follows the object: %w", ErrBody)
	}
	return o, nil
}

// readObject reads the body of a request.
func readObject(r *http.Request, known ...string) (object, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, errType
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, errTooLong
		}
		return nil, fmt.Errorf("the body did not arrive: %w", ErrBody)
	}
	return parseObject(body, known...)
}

func (o object) has(name string) bool { _, ok := o[name]; return ok }

// text is a string, "" where it is absent.
func (o object) text(name string) (string, error) {
	switch v := o[name].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	return "", fmt.Errorf("%s: want a string: %w", name, ErrBody)
}

// integer is a whole number that is not negative and that every JSON reader can hold, 0 where it is absent.
func (o object) integer(name string) (int64, error) {
	switch v := o[name].(type) {
	case nil:
		return 0, nil
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 64)
		if err == nil && n >= 0 && n <= 1<<53 {
			return n, nil
		}
	}
	return 0, fmt.Errorf("%s: want a whole number that is not negative: %w", name, ErrBody)
}

// flag is a boolean, false where it is absent.
func (o object) flag(name string) (bool, error) {
	switch v := o[name].(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	}
	return false, fmt.Errorf("%s: want true or false: %w", name, ErrBody)
}

// choice is one of names, as its index, or 0 where it is absent.
func (o object) choice(name string, names ...string) (int, error) {
	if !o.has(name) {
		return 0, nil
	}
	text, err := o.text(name)
	if err != nil {
		return 0, err
	}
	if i := slices.Index(names, text); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("%s: want one of %s: %w", name, strings.Join(names, ", "), ErrBody)
}

func (o object) price() (energy.Price, error) {
	text, err := o.text("price_per_kwh")
	if err != nil {
		return 0, err
	}
	p, err := energy.ParsePrice(text)
	if err != nil {
		return 0, fmt.Errorf("price_per_kwh: %w", err)
	}
	return p, nil
}

func (o object) quantity() (energy.WattHours, error) {
	text, err := o.text("quantity_kwh")
	if err != nil {
		return 0, err
	}
	e, err := energy.ParseKilowattHours(text)
	if err != nil {
		return 0, fmt.Errorf("quantity_kwh: %w", err)
	}
	return e, nil
}

// parseClientID reads 32 hexadecimal digits, with or without the hyphens of a UUID.
func parseClientID(text string) (id exchange.ClientID, err error) {
	digits := text
	if len(text) == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' {
		digits = text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	}
	n, err := hex.Decode(id[:], []byte(digits[:min(len(digits), 2*len(id))]))
	if err != nil || n != len(id) || len(digits) != 2*len(id) || id == (exchange.ClientID{}) {
		return exchange.ClientID{}, fmt.Errorf("client_id %.40q: want 32 hexadecimal digits or a UUID, not all zero: %w", text, ErrBody)
	}
	return id, nil
}

// formatClientID writes a client id as a UUID.
func formatClientID(id exchange.ClientID) string {
	h := hex.EncodeToString(id[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Names on the wire, in the order of the values they stand for.
var (
	sideNames = []string{exchange.Buy.String(), exchange.Sell.String()}
	typeNames = []string{
		exchange.Limit.String(), exchange.AtMarket.String(), exchange.ImmediateOrCancel.String(),
		exchange.FillOrKill.String(), exchange.PostOnly.String(),
	}
	selfTradeNames = []string{"by-rule", "cancel-newest", "cancel-oldest", "cancel-both"}
)

var placeFields = []string{
	"client_id", "start", "side", "type", "price_per_kwh", "quantity_kwh", "good_till_ms", "self_trade", "session",
}

// place reads an order. Whether the market takes it is the market's to say.
func (o object) place(length energy.Length) (c exchange.Command, err error) {
	c.Kind = exchange.Place
	for _, name := range []string{"client_id", "start", "side", "quantity_kwh"} {
		if !o.has(name) {
			return c, fmt.Errorf("%s is missing: %w", name, ErrBody)
		}
	}
	text, err := o.text("client_id")
	if err != nil {
		return c, err
	}
	if c.ClientID, err = parseClientID(text); err != nil {
		return c, err
	}
	if c.Interval, err = o.interval(length); err != nil {
		return c, err
	}
	side, err := o.choice("side", sideNames...)
	if err != nil {
		return c, err
	}
	kind, err := o.choice("type", typeNames...)
	if err != nil {
		return c, err
	}
	self, err := o.choice("self_trade", selfTradeNames...)
	if err != nil {
		return c, err
	}
	c.Side, c.Type, c.SelfTrade = exchange.Buy+exchange.Side(side), exchange.OrderType(kind), exchange.SelfTrading(self)
	if c.Type == exchange.AtMarket {
		if o.has("price_per_kwh") {
			return c, fmt.Errorf("price_per_kwh: a market order has none: %w", ErrBody)
		}
	} else if c.Price, err = o.price(); err != nil {
		return c, err
	}
	if c.Quantity, err = o.quantity(); err != nil {
		return c, err
	}
	if c.GoodTill, err = o.integer("good_till_ms"); err != nil {
		return c, err
	}
	c.Session, err = o.session()
	return c, err
}

func (o object) interval(length energy.Length) (energy.Interval, error) {
	start, err := o.integer("start")
	if err != nil {
		return energy.Interval{}, err
	}
	iv, err := energy.NewInterval(start, length)
	if err != nil {
		return energy.Interval{}, fmt.Errorf("start: want the Unix second at which a period of %d s begins: %w", length, ErrBody)
	}
	return iv, nil
}

// session is a number as the welcome of a socket says it, 0 where it is absent.
func (o object) session() (uint64, error) {
	text, err := o.text("session")
	if err != nil || text == "" {
		return 0, err
	}
	return parseSession(text)
}

func parseSession(text string) (uint64, error) {
	n, err := strconv.ParseUint(text, 16, 64)
	if err != nil || n == 0 || n > math.MaxInt64 || len(text) != 16 {
		return 0, fmt.Errorf("session %.40q: want what the welcome of your socket says: %w", text, ErrBody)
	}
	return n, nil
}

func formatSession(n uint64) string { return fmt.Sprintf("%016x", n) }

var amendFields = []string{"price_per_kwh", "quantity_kwh", "good_till_ms"}

// amend reads what is to change in c, which holds what the order is.
func (o object) amend(c exchange.Command) (exchange.Command, error) {
	if !slices.ContainsFunc(amendFields, o.has) {
		return c, fmt.Errorf("nothing to change; give one of %s: %w", strings.Join(amendFields, ", "), ErrBody)
	}
	var err error
	if o.has("price_per_kwh") {
		if c.Price, err = o.price(); err != nil {
			return c, err
		}
	}
	if o.has("quantity_kwh") {
		if c.Quantity, err = o.quantity(); err != nil {
			return c, err
		}
	}
	if o.has("good_till_ms") {
		c.GoodTill, err = o.integer("good_till_ms")
	}
	return c, err
}
