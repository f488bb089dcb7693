package settlement

import (
	"fmt"

	"github.com/wattle/wattle/energy"
)

// allocationFile is a community key as docs/protocol.md "Case file" has it.
type allocationFile struct {
	Key   string     `json:"key"`
	Price string     `json:"price"`
	Parts []partFile `json:"parts"`
	Hours []hourFile `json:"hours"`
}

type partFile struct {
	Member string `json:"member"`
	Part   string `json:"part"`
}

type hourFile struct {
	From  string     `json:"from"`
	Parts []partFile `json:"parts"`
}

var keyRules = map[string]KeyRule{"static": StaticKey, "dynamic": DynamicKey, "hourly": HourlyKey}

func (f *allocationFile) read() (key CommunityKey, price energy.Price, err error) {
	var r reader
	key.Rule = keyRules[f.Key]
	price = read(&r, "price", f.Price, energy.ParsePrice)
	key.Parts = readParts(&r, f.Parts)
	for _, h := range f.Hours {
		from := read(&r, "from", h.From, parseInstant)
		if key.Hours == nil {
			key.Hours = map[int64]map[energy.Member]int64{}
		}
		if _, twice := key.Hours[from]; r.err == nil && (twice || from%int64(energy.OneHour) != 0) {
			r.err = fmt.Errorf("hour %s is given twice, or begins within an hour: %w", h.From, ErrCase)
		}
		key.Hours[from] = readParts(&r, h.Parts)
	}
	if r.err == nil && (key.Rule == 0 || (key.Rule == StaticKey) != (f.Parts != nil) || (key.Rule == HourlyKey) != (f.Hours != nil)) {
		r.err = fmt.Errorf("key %q: say dynamic, static with parts, or hourly with hours: %w", f.Key, ErrCase)
	}
	return key, price, r.err
}

func readParts(r *reader, files []partFile) map[energy.Member]int64 {
	parts := make(map[energy.Member]int64, len(files))
	for _, f := range files {
		m, part := read(r, "member", f.Member, energy.ParseMember), read(r, "part", f.Part, parseRate)
		if _, twice := parts[m]; r.err == nil && twice {
			r.err = fmt.Errorf("two parts of %s: %w", m, ErrCase)
		}
		parts[m] = int64(part)
	}
	return parts
}

// trades are what the key makes of the metered energy of a run or, where the distribution operator has allocated, what
// that comes to, with the differences.
func (f *allocationFile) trades(c *Case, operator string) ([]Trade, []Difference, error) {
	key, price, err := f.read()
	if err != nil {
		return nil, nil, fmt.Errorf("allocation: %w", err)
	}
	flows, err := c.flows()
	if err != nil {
		return nil, nil, err
	}
	a, err := Allocate(c.Key.Interval, key, flows)
	if err != nil || operator == "" {
		return a.Trades(price), nil, err
	}
	rows, err := ParseOperatorAllocation([]byte(operator))
	if err != nil {
		return nil, nil, err
	}
	a, differences, err := Reconcile(a, rows, c.Owner)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %v", err, differences)
	}
	return a.Trades(price), differences, nil
}

// flows are what the members of the zone imported and exported, by attestation or substitute; nothing where there is
// neither.
func (c *Case) flows() ([]Flow, error) {
	r, err := newRoster(c)
	if err != nil {
		return nil, err
	}
	for _, m := range c.Owner {
		r.of(m)
	}
	flows := make([]Flow, len(r.parties))
	for i, p := range r.parties {
		flows[i] = Flow{p.member, p.metered.load, p.metered.generated}
	}
	return flows, nil
}
