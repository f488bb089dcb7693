// Package bus is everything in motion: readings, orders, market events, attestations and settlements as append-only
// logs (NATS JetStream streams), and live values that may be lost (plain NATS subjects).
//
// Every subject begins with its zone. A log loses nothing: it is a file on the server's disk, refuses new messages
// when it is full instead of dropping old ones, and refuses deletion. A message is in the log when Publish or Append
// returns; whether that also survives a power cut is up to the server, which must run with sync_interval: always (the
// embedded one does): Durable asks. In a cluster WithReplicas has several servers keep each log, and a minority of them may
// die. Leases tell processes that could do the same work whose turn it is.
//
//	METER   zone.<zone>.meter.<meter>   signed readings
//	ORDER   zone.<zone>.order           commands to the exchange
//	MARKET  zone.<zone>.market          what the exchange did
//	ATTEST  zone.<zone>.attest          what the oracles signed
//	SETTLE  zone.<zone>.settle          what settlement concluded
//	TURN    zone.<zone>.turn            what each settlement root counts, as the operator says
//	ROOT    zone.<zone>.root            the settlement reports that oracles signed
//	        zone.<zone>.live.<meter>    live values, in no log
//
// A position in a log is the sequence number that its stream gave a message. Subjects of one stream share the
// numbers: those of one zone increase, but need not be adjacent.
package bus
