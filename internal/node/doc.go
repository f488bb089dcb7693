// Package node reads configuration, starts engines and wires drivers into the roles of the one binary. It is the only
// place that knows the wall clock, files, flags and signals; everything below takes what it needs as arguments.
package node
