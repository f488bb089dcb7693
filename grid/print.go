package grid

import (
	"fmt"
	"strings"
)

// String is the solution in lines for people: the totals, and what is loaded most.
func (s *Solution) String() string {
	var b strings.Builder
	t := &s.Totals
	fmt.Fprintf(&b, "source   %12.3f kW %12.3f kvar\nlosses   %12.3f kW %12.3f kvar\n", t.SourceKW, t.SourceKvar, t.LossKW, t.LossKvar)
	fmt.Fprintf(&b, "voltage  %.4f pu at bus %d to %.4f pu at bus %d\n", t.VMin, t.VMinBus, t.VMax, t.VMaxBus)
	for _, kind := range []struct {
		name string
		list []BranchState
	}{{"line", s.Lines}, {"transformer", s.Transformers}} {
		worst := -1
		for i := range kind.list {
			if worst < 0 || kind.list[i].Loading > kind.list[worst].Loading {
				worst = i
			}
		}
		if worst >= 0 {
			fmt.Fprintf(&b, "most loaded %s: %d at %.1f %%\n", kind.name, kind.list[worst].ID, kind.list[worst].Loading)
		}
	}
	return b.String()
}

// String is the solution in lines for people.
func (s *PhaseSolution) String() string {
	t := &s.Totals
	return fmt.Sprintf("source   %12.3f kW %12.3f kvar\nlosses   %12.3f kW %12.3f kvar\n%d nodes, %d branches\n",
		t.SourceKW, t.SourceKvar, t.LossKW, t.LossKvar, len(s.Nodes), len(s.Branches))
}
