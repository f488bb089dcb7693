package meter

import (
	"time"

	"github.com/wattle/wattle/energy"
)

// Digest is a SHA-256 digest.
type Digest [32]byte

// Quality says how much a reading is worth as evidence.
type Quality uint8

const (
	// Measured: the registers were read at the boundary, within Tolerance.
	Measured Quality = iota + 1
	// Late: the registers were read after Tolerance; the energy is true, its interval is not certain.
	Late
)

// Valid reports whether q is a known quality.
func (q Quality) Valid() bool { return q == Measured || q == Late }

// String is the quality in lower case.
func (q Quality) String() string {
	switch q {
	case Measured:
		return "measured"
	case Late:
		return "late"
	}
	return "unknown"
}

// ParseQuality reads what String prints; 0, which is not valid, for anything else.
func ParseQuality(text string) Quality {
	for q := Measured; q.Valid(); q++ {
		if q.String() == text {
			return q
		}
	}
	return 0
}

// Tolerance is how long after a boundary a register may be read and still stand for it: 1/15 of the interval,
// one minute in fifteen. At a home's contracted power that bounds the energy booked to the wrong side of a boundary,
// and nothing is lost by it because measurements telescope.
func Tolerance(length energy.Length) time.Duration { return length.Duration() / 15 }

// Reading is what the registers of one meter said, taken for one interval boundary.
type Reading struct {
	Zone    energy.Zone
	Meter   energy.Meter
	Device  [32]byte // the device's Ed25519 public key
	Boot    uint32   // how often the agent of this device has started
	Counter uint64   // 1, 2, 3 …: one more with each reading of this device, over all boots

	Previous Digest // of the signed reading Counter-1, zero for the first

	Boundary int64 // Unix seconds: the boundary the registers stand for
	Taken    int64 // Unix milliseconds: when they were read; never before Boundary

	Import energy.WattHours // cumulative, OBIS 1.8.0: from the grid into the home
	Export energy.WattHours // cumulative, OBIS 2.8.0: from the home into the grid

	Frequency uint32  // mHz, 0 where the device does not say
	Voltage   uint32  // mV of phase A to neutral, 0 where the device does not say
	Quality   Quality // as the agent judged it
	Frames    Digest  // SHA-256 over the device's raw answers, in the order they were read
}

// SignedReading is a reading and the device's Ed25519 signature over its canonical bytes.
type SignedReading struct {
	Reading
	Signature [64]byte
}

// Live is the state of a home between boundaries, for faces and forecasts. It is neither signed nor logged, and
// nothing is paid by it. Powers are W.
type Live struct {
	Meter     energy.Meter `json:"meter"`
	At        int64        `json:"at"`         // Unix milliseconds
	Grid      energy.Watts `json:"grid_w"`     // > 0 import, < 0 export
	Solar     energy.Watts `json:"solar_w"`    // >= 0
	Battery   energy.Watts `json:"battery_w"`  // > 0 discharging, < 0 charging
	Charge    int32        `json:"soc_permil"` // state of charge in 1/1000, -1 without a battery
	Reachable bool         `json:"reachable"`  // false: the device did not answer; the powers are the last known
	Problem   string       `json:"problem"`    // why not, for the owner; empty when reachable
}
