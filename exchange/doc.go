// Package exchange is the market of a zone: one continuous double auction per delivery interval, as a pure function
// of its log of commands.
//
// Apply advances a Market by one Command and returns the Events it caused, in order. Price-time priority, trades at
// the resting order's price, self-trade prevention by member. There is no clock, randomness or map iteration: the
// same log gives the same events and the same StateHash on any machine. A View folds events into what faces show.
//
// Package exchange/sequencer is the only writer of a zone's log; exchange/autopilot trades on behalf of households.
package exchange
