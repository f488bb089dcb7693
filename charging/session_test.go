package charging_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wattle/wattle/charging"
	"github.com/wattle/wattle/energy"
)

var rewrite = flag.Bool("rewrite", false, "write what sessions answer into the scripts under testdata")

var station = charging.Station{ID: "garage", Connectors: []energy.Watts{11_000, 22_000}}

var actions = map[string]charging.Action{
	"plug": charging.Plug, "start": charging.Start, "meter": charging.Meter, "suspend": charging.Suspend,
	"resume": charging.Resume, "stop": charging.Stop, "unplug": charging.Unplug,
}

// TestScripts plays what happened at a connector: a time of the day, an action, the transaction and the register in Wh. "told" is when
// the station told it, "settle" buys everything from the residual supplier at 0.10 with network 0.02 per interval.
func TestScripts(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(names) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		script, want, _ := strings.Cut(string(text), "----\n")
		got := play(t, script)
		if *rewrite {
			if err := os.WriteFile(name, []byte(script+"----\n"+got), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func open(t testing.TB) *charging.Session {
	t.Helper()
	tariff, err := card(t).Tariff()
	if err != nil {
		t.Fatal(err)
	}
	s, err := charging.Open(station, charging.Terms{Session: "s1", Connector: 1, Tariff: tariff, Quoted: noon, Until: noon.Add(15 * time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func play(t *testing.T, script string) string {
	t.Helper()
	s := open(t)
	var out strings.Builder
	for _, line := range strings.Split(script, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if words[0] == "settle" {
			printReceipt(&out, s)
			continue
		}
		at := instant(t, words[0])
		e := charging.Event{Action: actions[words[1]], At: at, Received: at.Add(time.Second)}
		for i, word := range words[2:] {
			switch {
			case strings.HasSuffix(word, "Wh"):
				wh, err := strconv.ParseInt(strings.TrimSuffix(word, "Wh"), 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				register := energy.WattHours(wh)
				e.Register = &register
			case strings.HasPrefix(word, "told="):
				e.Received = instant(t, strings.TrimPrefix(word, "told="))
			case i == 0:
				e.Transaction = word
			}
		}
		err := s.Apply(e)
		fmt.Fprintf(&out, "%s %s: %s, %s", words[0], words[1], s.State(), s.Energy())
		if s.Doubtful() {
			out.WriteString(", doubtful")
		}
		if err != nil {
			fmt.Fprintf(&out, " (%v)", err)
		}
		out.WriteString("\n")
	}
	return out.String()
}

// instant reads 12:30, or 2d12:30 two days later.
func instant(t *testing.T, text string) time.Time {
	t.Helper()
	days := 0
	if d, rest, ok := strings.Cut(text, "d"); ok {
		var err error
		if days, err = strconv.Atoi(d); err != nil {
			t.Fatal(err)
		}
		text = rest
	}
	at, err := time.Parse("15:04", text)
	if err != nil {
		t.Fatal(err)
	}
	return noon.Truncate(24*time.Hour).AddDate(0, 0, days).Add(time.Duration(at.Hour()*60+at.Minute()) * time.Minute)
}

func purchases(s *charging.Session) (all []charging.Purchase) {
	for _, share := range s.Intervals(900) {
		half := share.Energy / 2
		for seller, amount := range map[energy.Member]energy.WattHours{"maria": half, "utility": share.Energy - half} {
			if amount > 0 {
				all = append(all, charging.Purchase{Interval: share.Interval, Seller: seller, Energy: amount, Price: 100_000, Network: 1e7, Carbon: 100})
			}
		}
	}
	return all
}

func printReceipt(out *strings.Builder, s *charging.Session) {
	r, err := s.Settle(900, purchases(s), 1e7)
	if err != nil {
		fmt.Fprintf(out, "settle: %v\n", err)
		return
	}
	for _, share := range s.Intervals(900) {
		fmt.Fprintf(out, "  %s %s\n", share.Interval, share.Energy)
	}
	for _, l := range r.Bill.Lines {
		fmt.Fprintf(out, "  %s %d of %d at %s: %s\n", l.Kind, l.Billed, l.Measured, l.Price, l.Amount)
	}
	fmt.Fprintf(out, "  total %s = owner %s + sellers %s + network %s + fees %s + tax %s; %d mg CO2\n",
		r.Bill.Total, r.Owner, r.Sellers, r.Network, r.Fees, r.Bill.Tax, r.Carbon)
}

func TestOpenRefuses(t *testing.T) {
	good := charging.Terms{Session: "s1", Connector: 1, Tariff: tariff(element(component(t, charging.PerEnergy, "0.25", 1, 0))), Quoted: noon, Until: noon.Add(time.Minute)}
	for _, c := range []struct {
		change func(*charging.Terms)
		want   error
	}{
		{func(*charging.Terms) {}, nil},
		{func(x *charging.Terms) { x.Connector = 0 }, charging.ErrConnector},
		{func(x *charging.Terms) { x.Connector = 3 }, charging.ErrConnector},
		{func(x *charging.Terms) { x.Until = noon }, charging.ErrExpired},
		{func(x *charging.Terms) { x.Tariff.Elements = nil }, charging.ErrTariff},
	} {
		bad := good
		c.change(&bad)
		if _, err := charging.Open(station, bad); !errors.Is(err, c.want) {
			t.Errorf("got %v, want %v", err, c.want)
		}
	}
}

func TestThePriceIsLocked(t *testing.T) {
	terms := charging.Terms{Session: "s1", Connector: 1, Tariff: tariff(element(component(t, charging.PerSession, "2", 1, 0))), Quoted: noon, Until: noon.Add(time.Minute)}
	s, err := charging.Open(station, terms)
	if err != nil {
		t.Fatal(err)
	}
	terms.Tariff.Elements[0].Components[0].Price *= 10
	register := energy.WattHours(5)
	for _, a := range []charging.Action{charging.Plug, charging.Start, charging.Unplug} {
		if err := s.Apply(charging.Event{Action: a, At: noon, Received: noon, Transaction: "t", Register: &register}); err != nil {
			t.Fatal(err)
		}
	}
	r, err := s.Settle(900, nil, 0)
	if err != nil || r.Bill.Total != money(t, "2") {
		t.Errorf("got %s, %v, want 2.00", r.Bill.Total, err)
	}
}

func TestPurchasesMustBeTheEnergy(t *testing.T) {
	s := open(t)
	for i, a := range []charging.Action{charging.Plug, charging.Start, charging.Unplug} {
		register := energy.WattHours(i * 1000)
		if err := s.Apply(charging.Event{Action: a, At: noon.Add(time.Duration(i) * 10 * time.Minute), Received: noon.Add(time.Hour), Transaction: "t", Register: &register}); err != nil {
			t.Fatal(err)
		}
	}
	good := purchases(s)
	more := append(good[:len(good):len(good)], good[0])
	for _, bad := range [][]charging.Purchase{nil, good[1:], more} {
		if _, err := s.Settle(900, bad, 0); !errors.Is(err, charging.ErrPurchases) {
			t.Errorf("got %v, want %v", err, charging.ErrPurchases)
		}
	}
	if _, err := s.Settle(900, good, 0); err != nil {
		t.Error(err)
	}
}

// TestADayOfSessions plays sessions in which every event may be told twice and the meter may talk nonsense.
func TestADayOfSessions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tariff, err := card(&testing.T{}).Tariff()
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			s, err := charging.Open(station, charging.Terms{Session: "s", Connector: 2, Tariff: tariff, Quoted: noon, Until: noon.Add(time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			at, register := noon, energy.WattHours(rapid.Int64Range(1, 1e6).Draw(t, "register"))
			first, nonsense := register, false
			actions := []charging.Action{charging.Plug, charging.Start}
			for range rapid.IntRange(0, 6).Draw(t, "values") {
				actions = append(actions, charging.Action(rapid.IntRange(int(charging.Meter), int(charging.Resume)).Draw(t, "action")))
			}
			for i, a := range append(actions, charging.Stop, charging.Unplug) {
				told := register
				if i > 1 && a == charging.Meter && rapid.IntRange(0, 9).Draw(t, "nonsense") == 0 {
					told, nonsense = rapid.SampledFrom([]energy.WattHours{max(0, first-1000), register + 5e6}).Draw(t, "told"), true
				}
				e := charging.Event{Action: a, At: at, Received: at.Add(time.Minute), Transaction: "t", Register: &told}
				for range rapid.IntRange(1, 2).Draw(t, "times") {
					if err := s.Apply(e); err != nil {
						t.Fatal(err)
					}
				}
				minutes := rapid.IntRange(0, 40).Draw(t, "minutes")
				at = at.Add(time.Duration(minutes) * time.Minute)
				if i > 0 && a != charging.Stop && i < len(actions) {
					register += energy.WattHours(rapid.IntRange(0, minutes*22_000/60).Draw(t, "wh"))
				}
			}
			conserved(t, s, register-first, nonsense)
		}
	})
}

func conserved(t *rapid.T, s *charging.Session, want energy.WattHours, nonsense bool) {
	if s.Energy() != want || nonsense && !s.Doubtful() {
		t.Errorf("got %s (doubtful %v), want %s", s.Energy(), s.Doubtful(), want)
	}
	for _, length := range []energy.Length{60, 300, 900, 3600} {
		var sum energy.WattHours
		for _, share := range s.Intervals(length) {
			sum += share.Energy
		}
		if sum != s.Energy() {
			t.Errorf("intervals of %ds add up to %s, want %s", length, sum, s.Energy())
		}
	}
	r, err := s.Settle(900, purchases(s), 1e7)
	if err != nil {
		t.Fatal(err)
	}
	var bought energy.WattHours
	var cost, network energy.Money
	for _, p := range r.Purchases {
		bought, cost, network = bought+p.Energy, cost+p.Price.Cost(p.Energy), network+p.Network
	}
	if bought != r.Energy || cost != r.Sellers || network != r.Network {
		t.Errorf("bought %s for %s and %s, the receipt says %s for %s and %s", bought, cost, network, r.Energy, r.Sellers, r.Network)
	}
	if paid := r.Owner + cost + network + r.Fees + r.Bill.Tax; paid != r.Bill.Total {
		t.Errorf("the driver pays %s, others receive %s", r.Bill.Total, paid)
	}
	if again, err := s.Settle(900, nil, 0); err != nil || again.Owner != r.Owner || s.State() != charging.Settled {
		t.Errorf("settled again: got %+v, %v", again, err)
	}
}
