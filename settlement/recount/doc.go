// Package recount keeps a settlement.Recount up to date from a zone's logs and the chain: the operator's, which makes the
// notices of turns, and every oracle's, which checks them before the oracle signs.
//
// All it knows is in memory and comes from the logs, so it starts again from nothing. A notice that comes out otherwise
// is told to a person and left out for ever.
package recount
