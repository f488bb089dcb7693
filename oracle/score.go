package oracle

import (
	"slices"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
)

// Plant is what is registered behind a connection, 0 for what is not there.
type Plant struct {
	Peak     energy.Watts     // of the photovoltaic modules at 1000 W/m²
	Inverter energy.Watts     // rated power
	Capacity energy.WattHours // of the battery
}

// Flows are the energies that a home's meters measured in one interval, in Wh, none negative. 0 where the home has no
// such meter.
type Flows struct {
	Import, Export      energy.WattHours // at the connection point
	Solar               energy.WattHours // out of the inverter of the modules
	Charged, Discharged energy.WattHours // into and out of the battery
}

// Score is what a check found: a Finding but for whom, when and by which readings.
type Score struct {
	Kind               Kind
	Class              Class
	Measured, Expected int64 // in the unit of the kind
	Confidence         int   // 1 to Sure
}

// lifetime is how long a score counts in seconds: a month, one bill.
const lifetime = 30 * day

// Finding adds to a score what it needs to be answered: since and until in Unix seconds, and the readings.
func (s Score) Finding(zone energy.Zone, id energy.Meter, since, until int64, readings []meter.Digest) Finding {
	return Finding{
		Kind: s.Kind, Class: s.Class, Zone: zone, Meter: id, Since: since, Until: until,
		Measured: s.Measured, Expected: s.Expected, Confidence: s.Confidence, Expires: until + lifetime, Readings: readings,
	}
}

// Night scores solar power while the sun is below -6°: more than 0.5 % of the inverter's rating, which is what it
// may draw or miscount, and 1 Wh of the register's step.
func (p Plant) Night(place Place, interval energy.Interval, solar energy.WattHours) (Score, bool) {
	most := over(p.Inverter, interval)/200 + 1
	return Score{NightPower, Fraud, int64(solar), 0, 950}, place.Dark(interval) && solar > most
}

// AboveSky scores solar energy above what the modules can make under the clearest sky or the inverter can pass. In
// full sun there may be more modules than registered; while the sun is low no modules explain it.
func (p Plant) AboveSky(place Place, interval energy.Interval, solar energy.WattHours) (Score, bool) {
	const low = 120_000 // 6.9°: where a clear sky gives less than half of what it gives at noon
	sky, rated := place.SolarBound(interval, p.Peak), over(p.Inverter, interval)
	most := min(sky+sky/10, rated+rated/20) + 2
	score := Score{AboveSky, Registered, int64(solar), int64(most), 700}
	if place.SunHeight(interval.StartUnix()) < low && place.SunHeight(interval.EndUnix()) < low {
		score.Class, score.Confidence = Fraud, 800
	}
	return score, solar > most
}

func over(w energy.Watts, interval energy.Interval) energy.WattHours {
	return energy.WattHours(int64(w) * int64(interval.Length()) / 3600)
}

// Load scores a home that by its own meters consumes less than nothing over the period: 2 % of what it takes and
// makes, and 2 Wh in each interval, are the meters' accuracy. Which of them is wrong is open: a defect.
func Load(flows []Flows) (Score, bool) {
	var load, turnover energy.WattHours
	for _, f := range flows {
		load += f.Import + f.Solar + f.Discharged - f.Export - f.Charged
		turnover += f.Import + f.Solar + f.Discharged
	}
	least := -turnover/50 - 2*energy.WattHours(len(flows))
	return Score{NegativeLoad, DeviceDefect, int64(load), int64(least), 800}, load < least
}

// Battery scores a battery that takes in and does not give back: 70 % of what it took, less what it can still hold,
// must have come out over the period. What is missing and was sold as solar is a fraud if the home's solar energy
// hides it, that is if what the home says it made covers what is missing; else the battery's meter is broken.
func (p Plant) Battery(flows []Flows) (Score, bool) {
	var in, out, solar energy.WattHours
	for _, f := range flows {
		in, out, solar = in+f.Charged, out+f.Discharged, solar+f.Solar
	}
	least := in*7/10 - p.Capacity
	score := Score{BatteryMissing, DeviceDefect, int64(out), int64(least), 700}
	if solar >= least-out {
		score.Class = Fraud
	}
	return score, in > 0 && out < least
}

// Twins scores two series of energies, Wh per interval, that agree to 1 Wh where they say something: in intervals of
// at least 50 Wh that differ from the one before, so that two inverters at the same limit are not twins. Two meters
// that agree over a day are one plant registered twice; two days that agree, one day told twice.
func Twins(a, b []energy.WattHours, class Class) (Score, bool) {
	const least, telling = 16, 50
	var agree, compared int64
	for i := 1; i < min(len(a), len(b)); i++ {
		if max(a[i], b[i]) < telling || distance(a[i], a[i-1]) <= 2 || distance(b[i], b[i-1]) <= 2 {
			continue
		}
		compared++
		if distance(a[i], b[i]) <= 1 {
			agree++
		}
	}
	return Score{TwinSeries, class, agree, compared, 990}, compared >= least && agree*100 >= compared*95
}

func distance[T ~int64](a, b T) T { return max(a-b, b-a) }

// Pulse scores a device whose readings carry another grid frequency than its neighbours': own and zone are mHz of the
// same readings, zone the median of the others; 0 is unknown. The frequency is the same in the whole grid at each
// second and nobody knows it beforehand: who has it wrong did not read then.
func Pulse(own, zone []uint32) (Score, bool) {
	const least, most = 8, 6 // readings; mHz, the median apart: a clock a few seconds off is a few mHz off
	var apart []int64
	for i := range min(len(own), len(zone)) {
		if own[i] > 0 && zone[i] > 0 {
			apart = append(apart, distance(int64(own[i]), int64(zone[i])))
		}
	}
	if len(apart) < least {
		return Score{}, false
	}
	middle := median(apart)
	return Score{ForeignPulse, Clock, middle, most, 800}, middle > most
}

// Skew scores how a device's clock differs from ours, of its latest readings: delays in ms from the instant a device
// says it read to that of the receipt. The least delay counts, as an outage delays some readings and a wrong clock
// all of them; one reading from the future is enough.
func Skew(delays []int64, length energy.Length) (Score, bool) {
	const least, ahead = 8, -2000
	if len(delays) == 0 {
		return Score{}, false
	}
	shortest, tolerance := slices.Min(delays), meter.Tolerance(length).Milliseconds()
	score := Score{ClockSkew, Clock, shortest, tolerance, 900}
	return score, shortest < ahead || len(delays) >= least && shortest > tolerance
}

// median of values, the lower of the two in the middle; it sorts them. There must be one.
func median(values []int64) int64 {
	slices.Sort(values)
	return values[(len(values)-1)/2]
}

// Classify looks at the scores of one meter and period together: where the clock is shown to be wrong, solar power at
// the wrong hour says no more than that.
func Classify(scores []Score) []Score {
	wrongClock := slices.ContainsFunc(scores, func(s Score) bool { return s.Kind == ForeignPulse || s.Kind == ClockSkew })
	for i, s := range scores {
		if wrongClock && (s.Kind == NightPower || s.Kind == AboveSky) {
			scores[i].Class = Clock
		}
	}
	return scores
}
