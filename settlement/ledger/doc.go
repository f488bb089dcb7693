// Package ledger keeps members, batches and the double-entry ledger of a zone in PostgreSQL.
//
// Transfers are written once, under the ID of their cause, and never changed; a balance is the sum of its transfers and
// is stored nowhere. Each step of a batch is one transaction, and a reader's position in a log is written in the
// transaction of what it read, so a crash between any two statements loses and doubles nothing.
package ledger
