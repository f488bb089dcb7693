// Package exchange is the market of a zone: one continuous double auction per delivery interval, as a pure function
// of its log of commands.
//
// Apply advances a Market by one Command and returns the Events it caused, in order. Price-time priority, trades at
// the resting order's price. There is no clock, randomness or map iteration: the same log gives the same events and the
// same StateHash on any machine. What the market must know (time, collateral, headroom of the wires, gate closure, who is
// halted) enters as commands. The scripts under testdata show every rule.
//
// A Market is in two layers. A Matcher holds the queues: orders in pooled slots linked by number, price levels in an array
// with a bitmap, nothing the garbage collector must follow. Around it Market keeps members, limits and identities. A
// command is first checked and planned, which changes nothing; then it is carried out, and what that overwrites is kept
// until the next one. So a panic leaves no trace, wherever it comes from, and the command is refused as Poisoned.
//
// AppendSnapshot and Restore carry a market's state over a restart; a View folds events into what faces show.
//
// Package exchange/sequencer is the only writer of a zone's log; exchange/autopilot trades on behalf of households.
package exchange
