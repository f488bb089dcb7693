// Package settlement decides who owes what for which Wh: it compares the trades of a delivery interval with the energy
// a quorum of oracles attested, and says what was delivered, what was imbalance, and what is posted to the ledger.
//
// Money follows the deviation method: a trade is paid in full, and whoever imported or exported other than traded buys
// or sells the difference at the residual supplier's prices. A member who keeps to the position is never touched by
// another's deviation. Provenance, whose energy reached whom, is a maximum flow over the trades within what was metered;
// energy tokens follow it.
//
// The package is pure: Settle is a function of its argument. Package settlement/clerk drives it, settlement/ledger
// keeps the postings, settlement/chain mints.
package settlement
