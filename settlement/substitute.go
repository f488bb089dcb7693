package settlement

import (
	"fmt"
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
)

// Substitute stands for a meter that was not attested by the deadline.
type Substitute struct {
	Meter  energy.Meter
	Import energy.WattHours
	Export energy.WattHours
}

// SubstituteFrom estimates a meter by what it was attested with in the same interval of earlier days: the median of
// import and of export, the lower one of two, so that one odd day does not count. It returns ErrCase where no day is
// given, and for a leaf of another meter.
func SubstituteFrom(m energy.Meter, earlier []oracle.Leaf) (Substitute, error) {
	if len(earlier) == 0 {
		return Substitute{}, fmt.Errorf("meter %s: no earlier day to estimate it by: %w", m, ErrCase)
	}
	var load, generated []energy.WattHours
	for _, l := range earlier {
		if l.Meter != m {
			return Substitute{}, fmt.Errorf("meter %s: cannot be estimated by meter %s: %w", m, l.Meter, ErrCase)
		}
		load, generated = append(load, l.Import), append(generated, l.Export)
	}
	slices.Sort(load)
	slices.Sort(generated)
	middle := (len(earlier) - 1) / 2
	return Substitute{m, load[middle], generated[middle]}, nil
}
