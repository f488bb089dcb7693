// Package audit recomputes everything that was settled from what the parties signed and logged, and names the first
// thing that does not fit.
//
// It trusts the logs of readings, orders and attestations only as far as their signatures and hash chains carry, the
// chain as the public record, and the ledger not at all: every trade, measurement, delivery and posting in it must come
// out of the recomputation again, no more and no less. What must be in it follows from the logs, as far as the ledger says
// it has read them; so a clerk may have stopped at any point, but none may be at work.
//
// Export packs what settled one interval; Check settles it again with nothing but the bundle and a chain. A Proof is the
// smallest of all: what one meter measured, and the way to the root on chain.
package audit
