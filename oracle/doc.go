// Package oracle says what oracles observe, how they agree, and what their attestation proves.
//
// The package is pure. Agreement is a step function over one delivery interval at a time: every oracle makes an
// Observation of the signed readings it holds, and Decide turns any quorum of observations into the same Outcome on
// every oracle. An outcome that closes an interval yields a Report, the bytes that f+1 oracles sign and the contract
// on chain verifies. Beside the readings an oracle observes the next SettlementReport, once it has recomputed it; what f+1
// observed the same is the second kind of report that they sign. Package oracle/ocr runs this under Chainlink's off-chain
// reporting protocol.
package oracle
