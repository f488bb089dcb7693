package exchange

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wattle/wattle/energy"
)

var rewrite = flag.Bool("rewrite", false, "write what the market answers into the scripts under testdata")

// TestScripts plays every script under testdata. A script is a list of cases: commands, a line of four hyphens, what
// the market answered and what rests afterwards, an empty line. Times such as 10:15 name the interval that starts
// then; an order without @time is for 10:00, whose book is open unless the case opens books itself. An order
// without #id gets the next number of its member. After its price an order may say what it is (ioc, fok, post; market in
// place of a price), till=10s (after the start), self=oldest or self=both, session=N. A line "rules lot=10 ..." before all
// others changes the rules, and "at 10s" the time from which on commands come.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts under testdata: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { playFile(t, file) })
	}
}

func playFile(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for i, part := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
		input, want, found := strings.Cut(part+"\n", "\n----\n")
		if !found {
			t.Fatalf("case %d has no line ----", i+1)
		}
		got := playCase(t, input)
		if !*rewrite && got != strings.TrimSpace(want) {
			t.Errorf("case %d:\n%s\n---- got\n%s\n---- want\n%s", i+1, input, got, want)
		}
		if i > 0 {
			out.WriteString("\n")
		}
		fmt.Fprintf(&out, "%s\n----\n%s\n", input, got)
	}
	if *rewrite {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func testRules() Rules {
	return Rules{
		Zone: "street", Length: energy.FifteenMinutes,
		MinPrice: -100_000, MaxPrice: 500_000, Tick: 100, MaxQuantity: 50_000,
	}
}

// player runs one case.
type player struct {
	t      *testing.T
	market *Market
	view   *View
	next   map[string]int // client numbers by member
	out    []string
	time   int64
}

func playCase(t *testing.T, input string) string {
	p := &player{t: t, view: NewView(100), next: map[string]int{}}
	p.market = NewMarket(p.rules(input))
	if !strings.Contains("\n"+input, "\nopen") {
		p.apply(Command{Kind: OpenBook, Interval: p.interval("10:00")}, false)
	}
	lines := bufio.NewScanner(strings.NewReader(input))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		switch at, timed := strings.CutPrefix(line, "at "); {
		case line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "rules "):
		case timed:
			p.time = p.millis(at)
		default:
			p.apply(p.command(line), true)
		}
	}
	for _, b := range p.market.books {
		if !b.closed {
			p.printBook(b)
		}
	}
	return strings.Join(p.out, "\n")
}

// rules are the zone's, changed as a script asks.
func (p *player) rules(input string) Rules {
	r := testRules()
	for line := range strings.Lines(input) {
		words, found := strings.CutPrefix(strings.TrimSpace(line), "rules ")
		if !found {
			continue
		}
		limits := map[string]Limiting{"refuse": Refuse, "trim": Trim}
		for _, word := range strings.Fields(words) {
			switch name, value, _ := strings.Cut(word, "="); name {
			case "collateral":
				r.Collateral = limits[value]
			case "headroom":
				r.Headroom = limits[value]
			case "lot":
				r.Lot = energy.WattHours(p.number(value))
			case "least":
				r.MinQuantity = energy.WattHours(p.number(value))
			case "floor":
				r.MinPrice = p.price(value)
			case "tick":
				r.Tick = p.price(value)
			default:
				p.t.Fatalf("%q is no rule", word)
			}
		}
	}
	return r
}

func (p *player) command(line string) Command {
	c := Command{Interval: p.interval("10:00"), Time: p.time}
	fields := strings.Fields(line)
	number := 0
	plain := fields[:1:1]
	for _, f := range fields[1:] {
		name, value, option := strings.Cut(f, "=")
		switch {
		case f[0] == '@':
			c.Interval = p.interval(f[1:])
		case f[0] == '#':
			number = int(p.number(f[1:]))
		case option:
			p.option(&c, name, value)
		default:
			plain = append(plain, f)
		}
	}
	if plain[0] == "buy" || plain[0] == "sell" {
		if number == 0 {
			p.next[plain[1]]++
			number = p.next[plain[1]]
		}
	}
	c.ClientID = clientID(number)
	if !p.order(&c, plain) && !p.operator(&c, plain) {
		p.t.Fatalf("%q is no command", line)
	}
	return c
}

func (p *player) option(c *Command, name, value string) {
	switch name {
	case "till":
		c.GoodTill = p.millis(value)
	case "session":
		c.Session = uint64(p.number(value))
	case "self":
		c.SelfTrade = map[string]SelfTrading{"newest": CancelNewest, "oldest": CancelOldest, "both": CancelBoth}[value]
	default:
		p.t.Fatalf("%s is no option", name)
	}
}

// order reads what a member says about one order.
func (p *player) order(c *Command, words []string) bool {
	if len(words) < 2 {
		return false
	}
	c.Member = energy.Member(words[1])
	switch {
	case words[0] == "cancel" && len(words) == 2:
		c.Kind, c.Interval = Cancel, energy.Interval{}
		return true
	case words[0] == "amend" && len(words) == 4:
		c.Kind, c.Interval = Amend, energy.Interval{}
	case (words[0] == "buy" || words[0] == "sell") && (len(words) == 4 || len(words) == 5):
		c.Kind, c.Side = Place, Buy
		if words[0] == "sell" {
			c.Side = Sell
		}
	default:
		return false
	}
	c.Quantity = p.energy(words[2])
	if words[3] == "market" {
		c.Type = AtMarket
		return true
	}
	c.Price = p.price(words[3])
	if len(words) == 5 {
		c.Type = map[string]OrderType{"ioc": ImmediateOrCancel, "fok": FillOrKill, "post": PostOnly}[words[4]]
	}
	return true
}

// operator reads everything else.
func (p *player) operator(c *Command, words []string) bool {
	kinds := map[string]CommandKind{"open": OpenBook, "close": CloseGate, "pass": PassTime, "cancel-all": CancelAll, "halt": Halt,
		"resume": Resume, "assign": Assign, "collateral": SetCollateral, "headroom": SetHeadroom}
	c.Kind = kinds[words[0]]
	c.Member = ""
	switch c.Kind {
	case 0:
		return false
	case CancelAll, Halt, Resume:
		p.scope(c, words[1:])
	case Assign: // assign maria household 7
		c.Member = energy.Member(words[1])
		c.Scope = map[string]Scope{"household": ScopeHousehold, "fleet": ScopeFleet, "feeder": ScopeFeeder}[words[2]]
		c.Group = uint32(p.number(words[3]))
	case SetCollateral: // collateral maria 1.00 [settled @10:00]
		amount, err := energy.ParsePrice(words[2])
		if err != nil {
			p.t.Fatal(err)
		}
		c.Member, c.Amount = energy.Member(words[1]), energy.Money(amount)*1000
		if len(words) == 3 {
			c.Interval = energy.Interval{}
		}
	case SetHeadroom: // headroom 1 sell 500Wh
		c.Group, c.Quantity = uint32(p.number(words[1])), p.energy(words[3])
		c.Side = map[string]Side{"buy": Buy, "sell": Sell}[words[2]]
	}
	return true
}

// scope reads whom a sweep is about: member maria, session maria (with session=N), session (all), fleet 7, zone, platform.
func (p *player) scope(c *Command, words []string) {
	c.Scope = map[string]Scope{"member": ScopeMember, "session": ScopeSession, "fleet": ScopeFleet, "zone": ScopeZone, "platform": ScopePlatform}[words[0]]
	switch {
	case len(words) == 1:
	case c.Scope == ScopeMember, c.Scope == ScopeSession:
		c.Member = energy.Member(words[1])
	case c.Scope == ScopeFleet:
		c.Group = uint32(p.number(words[1]))
	}
}

func (p *player) millis(text string) int64 { return p.number(strings.TrimSuffix(text, "s")) * 1000 }

func (p *player) energy(text string) energy.WattHours {
	return energy.WattHours(p.number(strings.TrimSuffix(text, "Wh")))
}

func (p *player) price(text string) energy.Price {
	price, err := energy.ParsePrice(text)
	if err != nil {
		p.t.Fatal(err)
	}
	return price
}

func (p *player) number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func (p *player) interval(text string) energy.Interval {
	iv, err := energy.ParseInterval("2026-06-21T" + text + "Z/PT15M")
	if err != nil {
		p.t.Fatal(err)
	}
	return iv
}

func clientID(n int) (id ClientID) {
	copy(id[:], fmt.Sprintf("%016d", n))
	if n == 0 {
		return ClientID{}
	}
	return id
}

func (p *player) apply(c Command, show bool) {
	for _, e := range p.market.Apply(c) {
		if err := p.view.Fold(e); err != nil {
			p.t.Fatal(err)
		}
		if line := describe(e); show && line != "" {
			p.out = append(p.out, line)
		}
	}
	checkView(p.t, p.market, p.view)
}

// describe prints an event as the scripts do. Acceptance goes without saying.
func describe(e Event) string {
	at := ""
	if e.Interval.Valid() && e.Interval.Start().Format("15:04") != "10:00" {
		at = " @" + e.Interval.Start().Format("15:04")
	}
	why := ""
	if e.Reason != NoReason {
		why = ": " + e.Reason.String()
	}
	switch e.Kind {
	case Accepted:
		if e.Rest < e.Quantity {
			return fmt.Sprintf("accepted %s %s of %s%s", e.Member, e.Rest, e.Quantity, why)
		}
		return ""
	case BookOpened, GateClosed:
		return e.Kind.String() + at
	case Refused:
		return strings.TrimRight("refused "+string(e.Member), " ") + at + why
	case Traded:
		return fmt.Sprintf("traded %s->%s %5s %s%s", e.Seller(), e.Buyer(), e.Quantity, e.Price, at)
	case Amended:
		return fmt.Sprintf("amended %s to %s, %s open, %s%s", e.Member, e.Quantity, e.Rest, e.Price, why)
	case Swept, Halted, Resumed:
		who := fmt.Sprint(e.Scope, " ", e.Member)
		if e.Group != 0 {
			who = fmt.Sprint(e.Scope, " ", e.Group)
		}
		return e.Kind.String() + " " + strings.TrimSpace(who)
	case Assigned, CollateralSet, HeadroomSet, TimePassed:
		return ""
	}
	return fmt.Sprintf("%s %s %s %s%s%s", e.Kind, e.Member, e.Quantity, e.Price, at, why)
}

// printBook lists what rests, one line per level, asks from the worst down to the best, then bids.
func (p *player) printBook(b *book) {
	at := ""
	if b.interval != p.interval("10:00") {
		at = " @" + b.interval.Start().Format("15:04")
	}
	var asks, bids []string
	last := energy.Price(-1 << 62)
	m := p.market
	m.match.each(b.number, func(slot uint32) {
		o := &m.match.orders[slot]
		lines := &asks
		if o.side == Buy {
			lines = &bids
		}
		entry := fmt.Sprintf("%s %s", m.accounts[m.details[slot].member].name, energy.WattHours(o.rest))
		if price := m.price(o.level); price != last {
			*lines = append(*lines, fmt.Sprintf("book %s%s: %s", price, at, entry))
			last = price
			return
		}
		(*lines)[len(*lines)-1] += ", " + entry
	})
	slices.Reverse(asks)
	p.out = append(append(p.out, asks...), bids...)
}
