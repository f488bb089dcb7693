// Package clerk drives every settlement batch through its states: traded, attested, posted, minted, final. Each arrow
// is one transaction of the ledger, the clerk keeps nothing else, so it may be killed at any point and goes on from what
// the ledger says.
package clerk
