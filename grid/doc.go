// Package grid says how much power the wires of a zone can still carry, and what is lost on the way.
//
// A Network is the assets of a zone as a balanced single-line model; a Feeder is one with phases and conductors. Both
// are read and checked by this package, solved for their power flow (Flow, PhaseFlow), and a Flow is the state around
// which trades are admitted (Admission), losses shared and envelopes cut.
//
// The physics is computed in float64, in a fixed order: equal input gives equal bits. What leaves towards the market
// and settlement is whole watts and watt-hours of package energy. Nothing here knows a clock, a goroutine or a file.
package grid
