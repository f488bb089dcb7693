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
// without #id gets the next number of its member.
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
}

func playCase(t *testing.T, input string) string {
	p := &player{t: t, market: NewMarket(testRules()), view: NewView(100), next: map[string]int{}}
	if !strings.Contains("\n"+input, "\nopen") {
		p.apply(Command{Kind: OpenBook, Interval: p.interval("10:00")}, false)
	}
	lines := bufio.NewScanner(strings.NewReader(input))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line != "" && !strings.HasPrefix(line, "#") {
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

func (p *player) command(line string) Command {
	c := Command{Interval: p.interval("10:00")}
	fields := strings.Fields(line)
	number := 0
	plain := fields[:1]
	for _, f := range fields[1:] {
		switch {
		case f[0] == '@':
			c.Interval = p.interval(f[1:])
		case f[0] == '#':
			number = int(p.number(f[1:]))
		default:
			plain = append(plain, f)
		}
	}
	switch {
	case plain[0] == "open" && len(plain) == 1:
		c.Kind = OpenBook
	case plain[0] == "close" && len(plain) == 1:
		c.Kind = CloseGate
	case plain[0] == "cancel" && len(plain) == 2:
		c.Kind, c.Member, c.ClientID, c.Interval = Cancel, energy.Member(plain[1]), clientID(number), energy.Interval{}
	case (plain[0] == "buy" || plain[0] == "sell") && len(plain) == 4:
		if number == 0 {
			p.next[plain[1]]++
			number = p.next[plain[1]]
		}
		c.Kind, c.Member, c.ClientID, c.Side = Place, energy.Member(plain[1]), clientID(number), Buy
		if plain[0] == "sell" {
			c.Side = Sell
		}
		c.Quantity = energy.WattHours(p.number(strings.TrimSuffix(plain[2], "Wh")))
		price, err := energy.ParsePrice(plain[3])
		if err != nil {
			p.t.Fatalf("%q: %v", line, err)
		}
		c.Price = price
	default:
		p.t.Fatalf("%q is no command", line)
	}
	return c
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
	switch e.Kind {
	case Accepted:
		return ""
	case BookOpened, GateClosed:
		return e.Kind.String() + at
	case Refused:
		if e.Member == "" {
			return fmt.Sprintf("refused%s: %s", at, e.Reason)
		}
		return fmt.Sprintf("refused %s%s: %s", e.Member, at, e.Reason)
	case Traded:
		return fmt.Sprintf("traded %s->%s %5s %s%s", e.Seller(), e.Buyer(), e.Quantity, e.Price, at)
	}
	why := ""
	if e.Reason != NoReason {
		why = ": " + e.Reason.String()
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
