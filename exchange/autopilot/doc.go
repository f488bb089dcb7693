// Package autopilot trades on behalf of households, within the two numbers each of them sets: sell at least at, buy at
// most at.
//
// Shortly before an interval's gate closes it forecasts each home's net energy from what the home does now and what it
// did last, and places one order for it. If nobody has taken the order when the gate is near, it moves the price once
// towards the middle. Order ids follow from home, interval and attempt, so that an autopilot that crashed, or did not
// hear an answer, cannot trade the same energy twice. It decides by the zone's clock, whatever its speed.
package autopilot
