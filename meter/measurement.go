package meter

import (
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// Measurement is the energy between two readings of one meter.
type Measurement struct {
	Meter   energy.Meter
	Since   int64 // Unix seconds: boundary of the earlier reading
	Until   int64 // Unix seconds: boundary of the later reading
	Import  energy.WattHours
	Export  energy.WattHours
	Quality Quality // the worse of the two ends
}

// ErrReset is returned where a register went backwards: the device was replaced or lost its memory, and the energy
// since the earlier reading is unknown.
var ErrReset = problem.New(problem.Conflict, "register went backwards")

// ErrSequence is returned for readings that do not follow one another.
var ErrSequence = problem.New(problem.Conflict, "readings do not follow one another")

// Measure is the energy from earlier to later, which must be of one meter and device, later in counter and boundary.
// Where later directly follows earlier it must chain to it. It returns ErrSequence, ErrReset, or energy.ErrRange for
// more than energy.MaxEnergy.
func Measure(earlier, later SignedReading) (Measurement, error) {
	switch {
	case earlier.Zone != later.Zone || earlier.Meter != later.Meter || earlier.Device != later.Device:
		return Measurement{}, fmt.Errorf("meters %s and %s: %w", earlier.Meter, later.Meter, ErrSequence)
	case later.Counter <= earlier.Counter || later.Boundary <= earlier.Boundary:
		return Measurement{}, fmt.Errorf("meter %s counter %d after %d: %w", later.Meter, later.Counter, earlier.Counter, ErrSequence)
	case later.Counter == earlier.Counter+1 && later.Previous != earlier.Digest():
		return Measurement{}, fmt.Errorf("meter %s counter %d: broken chain: %w", later.Meter, later.Counter, ErrSequence)
	case later.Import < earlier.Import || later.Export < earlier.Export:
		return Measurement{}, fmt.Errorf("meter %s counter %d: %w", later.Meter, later.Counter, ErrReset)
	}
	m := Measurement{
		Meter: later.Meter, Since: earlier.Boundary, Until: later.Boundary,
		Import: later.Import - earlier.Import, Export: later.Export - earlier.Export,
		Quality: max(earlier.Quality, later.Quality),
	}
	if !m.Import.Valid() || !m.Export.Valid() {
		return Measurement{}, fmt.Errorf("meter %s: %s in, %s out: %w", m.Meter, m.Import, m.Export, energy.ErrRange)
	}
	return m, nil
}

// Difference is the virtual meter that sees what the main meter sees and none of the others does: a house without its
// charger, a flat without a meter. All measurements are of one period; the result is of the main meter, netted within the
// period, and as good as the worst of them. It returns ErrSequence for other periods.
func Difference(main Measurement, others ...Measurement) (Measurement, error) {
	net := main.Import - main.Export
	for _, m := range others {
		if m.Since != main.Since || m.Until != main.Until {
			return Measurement{}, fmt.Errorf("meter %s from %d to %d, meter %s from %d to %d: %w",
				main.Meter, main.Since, main.Until, m.Meter, m.Since, m.Until, ErrSequence)
		}
		net -= m.Import - m.Export
		main.Quality = max(main.Quality, m.Quality)
	}
	main.Import, main.Export = max(net, 0), max(-net, 0)
	if !main.Import.Valid() || !main.Export.Valid() {
		return Measurement{}, fmt.Errorf("meter %s less %d others: %w", main.Meter, len(others), energy.ErrRange)
	}
	return main, nil
}
