// Package chain is the client of the contracts in settlement/contracts: it deploys them, posts attested intervals,
// which mints their energy, and reads back what is on chain.
//
// Every transaction has a purpose and happens once: it is signed and written to the table chain_transaction before it
// is sent, so that a crash, a lost answer or a reorganised chain ends in the same bytes being sent again. The contract
// refuses a second report of an interval in any case.
//
// A transaction goes prepared → sent → mined → safe → final. One that no block takes is signed again with a higher fee
// under the same nonce, so only one of its attempts can happen; above the ceiling of Config.MaxFee it waits, and
// settlement goes on in the ledger. A block that the chain takes back sends its transactions back to sent (Watch).
package chain
