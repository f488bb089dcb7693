// Package ocr runs the oracles of a zone under Chainlink's off-chain reporting protocol (OCR3, libocr).
//
// Each oracle is a Node: a peer in a fully connected network, keys in Chainlink's formats, and the pure functions of
// package oracle as reporting plugin. Which oracles form the group, and by which timing, stands in Chainlink's
// OCR3Capability 1.0.0 contract, which Install deploys and configures and every node reads. What an oracle must not
// forget lies in Postgres and is durable before it is used.
//
// A report is delivered at least once: the newest attested interval is signed anew in every round until the log of
// attestations is known to hold it, and the next interval does not close before. So neither a crash of all oracles
// between agreement and publication nor a log that is away for hours loses an interval; a repeat carries the same
// report under a later sequence number. Settlement reports are delivered in the same way, to a log of their own; an
// oracle observes and signs those that it was offered by its own recount, see Node.Offer, and no others.
package ocr
