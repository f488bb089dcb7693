// Package meter turns cumulative register readings of a metering point into signed energy per interval.
//
// A Reading is what the registers said at an interval boundary; a SignedReading is its canonical bytes under the
// device's key, chained to the reading before; Measure turns two readings of one meter into the Measurement between
// them. Because measurements are register differences they telescope: their sum over any period is the difference
// of the registers at its ends, whatever was late or missing in between.
//
// The package is pure: no clock, randomness, goroutine or I/O. Sub-packages read devices and run the agent.
package meter
