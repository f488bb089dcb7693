package grid

import (
	"fmt"
	"math"
	"time"
)

// Mode of operation of a zone. Software never moves a breaker: it watches, and says what the market may do.
type Operation uint8

const (
	// GridTied: the grid outside holds the voltage.
	GridTied Operation = iota
	// Suspected: the grid may be gone; matching stops until it is known.
	Suspected
	// Dark: there is no voltage.
	Dark
	// BlackStart: a forming unit brings the island up, block by block.
	BlackStart
	// Islanded: the zone goes on by itself.
	Islanded
	// Scarce: as Islanded, with less supply than demand and reserve.
	Scarce
	// Surplus: as Islanded, with more supply than anybody takes.
	Surplus
	// Resync: the grid is back and the island is brought into step with it.
	Resync
	// Return: connected again, but not yet steady.
	Return
	// Lockout: the operator or a safety device says no; only the operator ends it.
	Lockout
)

var operationNames = [...]string{"grid-tied", "suspected", "dark", "black start", "islanded", "scarce", "surplus", "resync", "return", "lockout"}

// String is the name as it appears in logs and on the page.
func (o Operation) String() string {
	if int(o) < len(operationNames) {
		return operationNames[o]
	}
	return fmt.Sprintf("operation %d", uint8(o))
}

// Alone reports whether the zone runs on its own supply.
func (o Operation) Alone() bool { return o == Islanded || o == Scarce || o == Surplus || o == Resync }

// Market is what the market may do in an operation.
type Market uint8

const (
	// MarketOpen: everything.
	MarketOpen Market = iota
	// MarketFrozen: orders rest, nothing is matched.
	MarketFrozen
	// MarketIsland: only between members of the live island, as available, within the island's price bounds.
	MarketIsland
	// MarketEnding: as MarketIsland, for the current interval only.
	MarketEnding
	// MarketClosed: nothing; what is delivered is settled by meter.
	MarketClosed
)

// Market is what the market may do.
func (o Operation) Market() Market {
	switch o {
	case GridTied, Return:
		return MarketOpen
	case Suspected:
		return MarketFrozen
	case Islanded, Scarce, Surplus:
		return MarketIsland
	case Resync:
		return MarketEnding
	default:
		return MarketClosed
	}
}

// Terminal is what is measured on one side of the boundary switch. Unknown is not zero: many devices report 0 W without
// a grid and with a balanced home alike, so power is no evidence and not even here.
type Terminal struct {
	Known bool
	VPU   float64 // phase voltage, pu
	Hz    float64
	Angle float64 // degrees, to a common reference; for the synchronism check
}

// Evidence is everything an operation depends on, at one moment.
type Evidence struct {
	At         time.Time
	Grid       Terminal // outside of the boundary
	Local      Terminal // inside
	Open       bool     // the boundary switch is proven open: contact and no coupling of voltage
	Closed     bool     // proven closed
	LostMeters int      // independent meters that report the loss of the grid
	Forming    bool     // a grid-forming unit reports that it holds the voltage
	Available  bool     // one is ready: state of charge above reserve and start
	Energised  bool     // every block planned for the black start is energised
	Declared   bool     // the operator declares the zone an island
	Permit     bool     // the operator permits operation as an island
	Release    bool     // the operator releases the return
	Safety     bool     // the operator or a safety device locks out
	Clear      bool     // the operator clears a lockout
	Short      bool     // firm supply and battery do not cover demand and reserve up to the horizon
	Ample      bool     // supply exceeds what loads and batteries can take
}

// Transition is a change of operation, as it is recorded.
type Transition struct {
	From, To Operation
	At       time.Time
	Reason   string
}

// Bounds and delays of the operations. Voltages and frequencies by EN 50549-1, EN 50160 and IEEE 1547-2018.
const (
	lostVLow, lostVHigh   = 0.8, 1.15   // outside: the grid may be gone
	lostHzLow, lostHzHigh = 47.5, 51.5  //
	bandVLow, bandVHigh   = 0.85, 1.15  // inside: an island runs
	bandHzLow, bandHzHigh = 48.0, 52.0  // range of supply around 50 Hz that an island keeps
	tripVLow, tripVHigh   = 0.8, 1.2    // outside: an island has failed
	tripHzLow, tripHzHigh = 45.0, 55.0  //
	backVLow, backVHigh   = 0.917, 1.05 // inside: the grid is healthy again
	backHzLow, backHzHigh = 49.5, 50.1  //
	witnesses             = 3           // meters that must agree where nothing else is known
	lossDelay             = 200 * time.Millisecond
	formDelay             = 10 * time.Second  // forming and in band before the island counts
	darkDelay             = 10 * time.Second  // without voltage before it is dark
	startDelay            = 60 * time.Second  // in band after a black start
	failDelay             = time.Second       // out of bounds before an island has failed
	healthyDelay          = 300 * time.Second // of the grid before resynchronising
	resyncLimit           = 10 * time.Minute  // then the island goes on
	steadyDelay           = 15 * time.Minute  // one whole interval before the return ends
	easeDelay             = 10 * time.Minute  // without scarcity or surplus before it ends
	syncHz, syncVPU       = 0.3, 0.10         // IEEE 1547-2018 table 5, up to 500 kVA
	syncDegrees           = 20
)

// Islanding is the operation of one zone: a step machine. It is deterministic: equal evidence gives equal transitions.
type Islanding struct {
	Now   Operation
	since time.Time
	held  [8]time.Time // since when each condition has held without a break; zero: it does not
}

// Step advances by one observation and returns the transitions, in order; mostly none. Evidence must come in the order
// of time; evidence older than the last is ignored by the delays.
func (m *Islanding) Step(e Evidence) []Transition {
	if m.since.IsZero() {
		m.since = e.At
	}
	var out []Transition
	for range len(operationNames) { // several may follow at one moment, never more than there are
		to, reason := m.next(e)
		if to == m.Now {
			return out
		}
		out = append(out, Transition{m.Now, to, e.At, reason})
		m.Now, m.since = to, e.At
	}
	return out
}

// The conditions that must hold for a time.
const (
	holdLost = iota
	holdDark
	holdFormed
	holdStarted
	holdFailed
	holdHealthy
	holdSteady
	holdEased
)

// lasts reports whether a condition has held for a time.
func (m *Islanding) lasts(which int, condition bool, e Evidence, d time.Duration) bool {
	if !condition {
		m.held[which] = time.Time{}
		return false
	}
	if m.held[which].IsZero() {
		m.held[which] = e.At
	}
	return e.At.Sub(m.held[which]) >= d
}

// within reports whether a known voltage and frequency are inside bounds.
func (t Terminal) within(vLow, vHigh, hzLow, hzHigh float64) bool {
	return t.Known && t.VPU >= vLow && t.VPU <= vHigh && t.Hz >= hzLow && t.Hz <= hzHigh
}

// synchronous is the synchronism check; the relay of the switch has the last word.
func (e Evidence) synchronous() bool {
	return e.Grid.Known && e.Local.Known && math.Abs(e.Grid.Hz-e.Local.Hz) <= syncHz &&
		math.Abs(e.Grid.VPU-e.Local.VPU) <= syncVPU && math.Abs(math.Remainder(e.Grid.Angle-e.Local.Angle, 360)) <= syncDegrees
}

// next is the operation that the evidence leads to. Every condition is looked at in every step, so that its time counts
// wherever the machine is.
func (m *Islanding) next(e Evidence) (Operation, string) {
	outside := e.Grid.Known && !e.Grid.within(lostVLow, lostVHigh, lostHzLow, lostHzHigh)
	lost := m.lasts(holdLost, outside, e, lossDelay)
	dark := m.lasts(holdDark, e.Local.Known && e.Local.VPU < 0.1, e, darkDelay)
	band := e.Local.within(bandVLow, bandVHigh, bandHzLow, bandHzHigh)
	formed := m.lasts(holdFormed, e.Open && e.Forming && band, e, formDelay)
	started := m.lasts(holdStarted, e.Open && e.Forming && band && e.Energised, e, startDelay)
	failed := m.lasts(holdFailed, !e.Forming || e.Local.Known && !e.Local.within(tripVLow, tripVHigh, tripHzLow, tripHzHigh), e, failDelay)
	healthy := e.Grid.within(backVLow, backVHigh, backHzLow, backHzHigh)
	back := m.lasts(holdHealthy, healthy, e, healthyDelay)
	steady := m.lasts(holdSteady, healthy && e.Closed, e, steadyDelay)
	eased := m.lasts(holdEased, !e.Short && !e.Ample, e, easeDelay)
	switch {
	case e.Safety && m.Now != Lockout:
		return Lockout, "the operator or a safety device locked out"
	case m.Now.Alone() && failed:
		return Dark, "the island failed: no unit forms its voltage, or it is out of bounds"
	}
	switch m.Now {
	case GridTied:
		return e.loss(lost)
	case Suspected:
		return m.suspected(e, healthy, dark, formed)
	case Dark, BlackStart:
		return m.dark(e, healthy, dark, started)
	case Islanded, Scarce, Surplus:
		return m.alone(e, back, eased)
	case Resync:
		switch {
		case e.Closed && e.synchronous():
			return Return, "the boundary switch closed in step"
		case e.At.Sub(m.since) >= resyncLimit:
			m.held[holdHealthy] = e.At // the grid must prove itself again
			return Islanded, "not in step within ten minutes"
		case !healthy:
			return Islanded, "the grid failed again"
		}
	case Return:
		switch {
		case e.Open || lost:
			return Suspected, "the grid was lost again"
		case steady && e.At.Sub(m.since) >= steadyDelay:
			return GridTied, "one whole interval was steady"
		}
	case Lockout:
		if e.Clear && !e.Safety {
			return Suspected, "the operator cleared the lockout"
		}
	}
	return m.Now, ""
}

// loss is what makes the loss of the grid likely.
func (e Evidence) loss(lost bool) (Operation, string) {
	switch {
	case e.Declared:
		return Suspected, "the operator declared an island"
	case e.Open:
		return Suspected, "the boundary switch is open"
	case lost:
		return Suspected, fmt.Sprintf("the grid is at %.2f pu and %.2f Hz", e.Grid.VPU, e.Grid.Hz)
	case e.LostMeters >= witnesses:
		return Suspected, fmt.Sprintf("%d meters report the loss of the grid", e.LostMeters)
	}
	return GridTied, ""
}

func (m *Islanding) dark(e Evidence, healthy, dark, started bool) (Operation, string) {
	switch {
	case m.Now == BlackStart && started:
		return Islanded, "every planned block is energised and steady"
	case m.Now == BlackStart && (dark || !e.Open):
		return Dark, "the black start failed"
	case m.Now == Dark && healthy && e.Closed:
		return Return, "the grid is back"
	case m.Now == Dark && e.Available && e.Open && e.Permit:
		return BlackStart, "a unit can form the voltage, the boundary is open and the operator permits it"
	}
	return m.Now, ""
}

func (m *Islanding) suspected(e Evidence, healthy, dark, formed bool) (Operation, string) {
	switch {
	case formed && e.Permit:
		return Islanded, "the boundary is open and a unit forms the voltage"
	case dark:
		return Dark, "no voltage for ten seconds"
	case healthy && e.Closed && !e.Declared && e.LostMeters < witnesses:
		return GridTied, "the grid is healthy"
	}
	return m.Now, ""
}

func (m *Islanding) alone(e Evidence, back, eased bool) (Operation, string) {
	switch {
	case back && e.Release && !e.Declared:
		return Resync, "the grid was healthy for five minutes and the operator released the return"
	case e.Short && m.Now != Scarce:
		return Scarce, "supply and battery do not cover demand and reserve"
	case e.Ample && !e.Short && m.Now != Surplus:
		return Surplus, "there is more supply than anybody takes"
	case eased && m.Now != Islanded:
		return Islanded, "supply and demand balance again"
	}
	return m.Now, ""
}
