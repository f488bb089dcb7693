package modbus

import "slices"

// Span is a run of registers.
type Span struct {
	Address uint16
	Count   uint16 // at least 1; the run ends by 65535
}

func (s Span) end() int { return int(s.Address) + int(s.Count) }

// Plan covers the wanted runs with as few requests of at most limit registers as it can, none cutting a run in two. Runs
// that lie at most gap registers apart are read together, with what lies between. A run longer than limit stays out.
func Plan(wanted []Span, limit, gap uint16) []Span {
	sorted := slices.Clone(wanted)
	slices.SortFunc(sorted, func(a, b Span) int { return int(a.Address) - int(b.Address) })
	var plan []Span
	for _, s := range sorted {
		if s.Count == 0 || s.Count > limit {
			continue
		}
		if n := len(plan); n > 0 {
			last := &plan[n-1]
			end := max(last.end(), s.end())
			if int(s.Address) <= last.end()+int(gap) && end-int(last.Address) <= int(limit) {
				last.Count = uint16(end - int(last.Address))
				continue
			}
		}
		plan = append(plan, s)
	}
	return plan
}
