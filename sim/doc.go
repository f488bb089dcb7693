// Package sim is a make-believe neighbourhood: homes with roofs, batteries and habits under one sky, each behind a
// real Modbus/TCP server with SunSpec registers. It serves the demo, the end-to-end tests and seeded simulations.
//
// The state of a home is a function of the seed and of simulated time, of nothing else. Homes advance in steps of five
// seconds from Config.Start. Power is constant within a step and a whole number of watts, so that energy is a whole
// number of milliwatt-seconds, and this holds exactly at every instant:
//
//	grid = load - solar - battery        (battery > 0 discharges, grid > 0 imports)
//	battery in = battery out + losses + change of charge
//
// The registers integrate the grid power by its sign. A home integrates when it is asked, so how often it is polled
// changes nothing, and a program that starts again from the same Config finds the same registers at the same simulated
// time.
//
// The weather model computes in float64: equal seeds give equal homes on one processor architecture; on another, a
// fused multiply-add may turn a rounding by 1 W.
package sim
