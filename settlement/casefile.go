package settlement

import (
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

// caseFile is an interval and its runs as docs/protocol.md "Case file" has them.
type caseFile struct {
	Zone      string         `json:"zone"`
	Interval  string         `json:"interval"`
	Zones     []zoneFile     `json:"zones"`
	Liable    []string       `json:"liable"`
	Distances []distanceFile `json:"distances"`
	Tariffs   []tariffFile   `json:"tariffs"`
	Trades    []tradeFile    `json:"trades"`
	Runs      []runFile      `json:"runs"`

	Allocation *allocationFile `json:"allocation"` // in place of trades
}

type zoneFile struct {
	Zone   string      `json:"zone"`
	Meters []ownerFile `json:"meters"`
}

type ownerFile struct {
	Meter  string `json:"meter"`
	Member string `json:"member"`
}

type distanceFile struct {
	Buyer  string `json:"buyer"`
	Seller string `json:"seller"`
	Class  Class  `json:"class"`
}

type tradeFile struct {
	Sequence uint64 `json:"sequence"`
	Index    uint16 `json:"index"`
	Interval string `json:"interval"`
	Buyer    string `json:"buyer"`
	Seller   string `json:"seller"`
	KWh      string `json:"kwh"`
	Price    string `json:"price"`
}

type runFile struct {
	Run         uint32            `json:"run"`
	Attested    []measurementFile `json:"attested"`
	Substitutes []measurementFile `json:"substitutes"`
	Operator    string            `json:"operator"` // the distribution operator's own allocation, CSV
}

// measurementFile is the energy of a meter: as such, or as its registers at both ends.
type measurementFile struct {
	Meter string        `json:"meter"`
	KWh   *registerFile `json:"kwh"`
	Since *registerFile `json:"since"`
	Until *registerFile `json:"until"`
}

type registerFile struct {
	Import string `json:"import"`
	Export string `json:"export"`
}

// ParseCase reads a case file, docs/protocol.md "Case file": the case of every run of one interval, each with the one
// before. It refuses what it does not know, and what contradicts itself.
func ParseCase(b []byte) ([]Case, error) {
	var f caseFile
	if err := strictJSON(b, &f); err != nil {
		return nil, fmt.Errorf("case: %w", err)
	}
	c := Case{Owner: map[energy.Meter]energy.Member{}, Liable: map[energy.Member]bool{}, Distance: map[Pair]Class{}}
	for _, part := range []func(*Case) error{f.key, f.owners, f.terms, f.tariff, f.trades} {
		if err := part(&c); err != nil {
			return nil, fmt.Errorf("case: %w", err)
		}
	}
	cases, err := f.runs(c)
	if err != nil {
		return nil, fmt.Errorf("case: %w", err)
	}
	return cases, nil
}

func (f *caseFile) key(c *Case) (err error) {
	if c.Key.Zone, err = energy.ParseZone(f.Zone); err != nil {
		return fmt.Errorf("zone: %w", err)
	}
	c.Key.Interval, err = energy.ParseInterval(f.Interval)
	return err
}

// owners reads whose meters are where. A meter is in one zone.
func (f *caseFile) owners(c *Case) error {
	zones, home := map[energy.Zone]bool{}, map[energy.Meter]energy.Zone{}
	for _, z := range f.Zones {
		var r reader
		zone := read(&r, "zone", z.Zone, energy.ParseZone)
		if zones[zone] {
			return fmt.Errorf("zone %s is given twice: %w", zone, ErrCase)
		}
		zones[zone] = true
		for _, m := range z.Meters {
			id, owner := read(&r, "meter", m.Meter, energy.ParseMeter), read(&r, "member", m.Member, energy.ParseMember)
			if r.err != nil {
				return r.err
			}
			if other, taken := home[id]; taken {
				return fmt.Errorf("meter %s is in zone %s and again in %s: %w", id, other, zone, ErrCase)
			}
			home[id] = zone
			if zone == c.Key.Zone {
				c.Owner[id] = owner
			}
		}
		if r.err != nil {
			return r.err
		}
	}
	if !zones[c.Key.Zone] {
		return fmt.Errorf("zone %s is not among the zones: %w", c.Key.Zone, ErrCase)
	}
	return nil
}

// terms reads what holds between members.
func (f *caseFile) terms(c *Case) error {
	known := f.members(c)
	for _, name := range f.Liable {
		m, err := known(name)
		if err != nil {
			return fmt.Errorf("liable: %w", err)
		}
		c.Liable[m] = true
	}
	for _, d := range f.Distances {
		var r reader
		pair := Pair{read(&r, "buyer", d.Buyer, known), read(&r, "seller", d.Seller, known)}
		if _, twice := c.Distance[pair]; r.err == nil && (twice || d.Class == 0 || d.Class > maxClass) {
			r.err = fmt.Errorf("%s from %s: give a class of 1 to %d once: %w", pair.Buyer, pair.Seller, maxClass, ErrCase)
		}
		if r.err != nil {
			return fmt.Errorf("distance: %w", r.err)
		}
		c.Distance[pair] = d.Class
	}
	return nil
}

// members returns a function that knows the members of the zone.
func (f *caseFile) members(c *Case) func(string) (energy.Member, error) {
	known := make(map[energy.Member]bool, len(c.Owner))
	for _, m := range c.Owner {
		known[m] = true
	}
	return func(name string) (energy.Member, error) {
		m := energy.Member(name)
		if !known[m] {
			return "", fmt.Errorf("member %q has no meter in zone %s: %w", name, c.Key.Zone, ErrCase)
		}
		return m, nil
	}
}

func (f *caseFile) tariff(c *Case) error {
	book, err := readTariffs(f.Tariffs)
	if err != nil {
		return err
	}
	c.Tariff, err = book.At(c.Key.Interval)
	return err
}

func (f *caseFile) trades(c *Case) error {
	known := f.members(c)
	for _, t := range f.Trades {
		var r reader
		out := Trade{Sequence: t.Sequence, Index: t.Index, Buyer: read(&r, "buyer", t.Buyer, known), Seller: read(&r, "seller", t.Seller, known),
			Quantity: read(&r, "kwh", t.KWh, energy.ParseKilowattHours), Price: read(&r, "price", t.Price, energy.ParsePrice)}
		if at := optional(&r, "interval", t.Interval, energy.ParseInterval); r.err == nil && t.Interval != "" && at != c.Key.Interval {
			r.err = fmt.Errorf("it is of %s: %w", at, ErrCase)
		}
		if r.err != nil {
			return fmt.Errorf("trade %d.%d: %w", t.Sequence, t.Index, r.err)
		}
		c.Trades = append(c.Trades, out)
	}
	return nil
}

// runs makes the case of every run out of what they have in common.
func (f *caseFile) runs(common Case) ([]Case, error) {
	if len(f.Runs) == 0 {
		return nil, fmt.Errorf("no runs: say what was attested: %w", ErrCase)
	}
	cases := make([]Case, len(f.Runs))
	for n, run := range f.Runs {
		switch {
		case int64(run.Run) < int64(n):
			return nil, fmt.Errorf("run %d is reported twice: %w", run.Run, ErrCase)
		case int64(run.Run) > int64(n):
			return nil, fmt.Errorf("run %d follows run %d: %w", run.Run, n-1, ErrCase)
		}
		c := &cases[n]
		*c = common
		c.Key.Run = run.Run
		if n > 0 {
			c.Before = &cases[n-1]
		}
		for _, m := range run.Attested {
			s, err := m.read()
			if err != nil {
				return nil, fmt.Errorf("run %d: %w", run.Run, err)
			}
			c.Leaves = append(c.Leaves, oracle.Leaf{Meter: s.Meter, Import: s.Import, Export: s.Export,
				Since: c.Key.Interval.StartUnix(), Quality: meter.Measured})
		}
		for _, m := range run.Substitutes {
			s, err := m.read()
			if err != nil {
				return nil, fmt.Errorf("run %d: %w", run.Run, err)
			}
			c.Substitutes = append(c.Substitutes, s)
		}
		if err := f.allocate(c, run.Operator); err != nil {
			return nil, fmt.Errorf("run %d: %w", run.Run, err)
		}
	}
	return cases, nil
}

// allocate makes the trades of a run whose energy is known, where the case has a key in place of trades.
func (f *caseFile) allocate(c *Case, operator string) (err error) {
	switch {
	case f.Allocation == nil && operator != "", f.Allocation != nil && f.Trades != nil:
		return fmt.Errorf("give trades, or an allocation that an operator's may follow: %w", ErrCase)
	case f.Allocation == nil:
		return nil
	}
	c.Trades, c.Operator, err = f.Allocation.trades(c, operator)
	return err
}

func (f measurementFile) read() (s Substitute, err error) {
	var r reader
	s.Meter = read(&r, "meter", f.Meter, energy.ParseMeter)
	switch {
	case r.err != nil:
	case f.KWh != nil && f.Since == nil && f.Until == nil:
		s.Import, s.Export = f.KWh.read(&r)
	case f.KWh == nil && f.Since != nil && f.Until != nil:
		since, fed := f.Since.read(&r)
		until, feeds := f.Until.read(&r)
		s.Import, s.Export = until-since, feeds-fed
		if r.err == nil && (s.Import < 0 || s.Export < 0) {
			r.err = fmt.Errorf("a register went backwards, import by %s, export by %s: %w", s.Import, s.Export, ErrCase)
		}
	default:
		r.err = fmt.Errorf("give kwh, or since and until: %w", ErrCase)
	}
	if r.err != nil {
		return s, fmt.Errorf("meter %s: %w", f.Meter, r.err)
	}
	return s, nil
}

func (f *registerFile) read(r *reader) (load, generated energy.WattHours) {
	return read(r, "import", f.Import, energy.ParseKilowattHours), read(r, "export", f.Export, energy.ParseKilowattHours)
}
