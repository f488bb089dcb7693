// Package savings plays a street without machines, simulated homes with autopilot, market and settlement under one
// clock, and compares what every household pays with what it would have paid the utility.
package savings
