// Package ledger keeps members, batches and the double-entry books of a zone in PostgreSQL.
//
// All postings of one cause are one entry of the zone's journal, entered once, numbered without gaps and chained by
// digests; docs/protocol.md has the bytes. Entries are never changed: the role the program works in may not. Every entry
// writes the balances after it for the blocks of accounts that it touches, so that a balance is one row to read, and a
// constraint keeps accounts from being overdrawn. A million members are one COPY.
//
// Each step of a batch is one transaction, and a reader's position in a log is written in the transaction of what it
// read, so a crash between any two statements loses and doubles nothing.
package ledger
