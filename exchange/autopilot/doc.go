// Package autopilot trades on behalf of households, within the two numbers each of them sets: sell at least at, buy at
// most at.
//
// Shortly before an interval's gate closes it forecasts what each home will import and export: from what the home does
// now, and from how the same quarter hour of recent days used to differ from the one before. It promises as much of that
// as pays at its price, given how often such forecasts came true, and places one order. While nobody takes the order it
// moves the price towards the middle of the tariff as the gate comes near, and takes back what it no longer expects.
// Order ids follow from home, interval and attempt, so that an autopilot that crashed, or did not hear an answer, cannot
// trade the same energy twice. It decides by the zone's clock, whatever its speed.
//
// A battery is planned for, not commanded. Where nobody controls it, its inverter serves the home alone, and the plan
// foretells what that leaves for the market. Where somebody does, the plan is the cheapest way through the day by dynamic
// programming, and Autopilot.Plan shows its set points; carrying them out is not this package's part, and a battery
// is to be called controlled only where it is done.
//
// Nothing here can promise that no forecast fails: an order at the tariff's own prices or better cannot lose by its price,
// only by energy that does not come.
package autopilot
