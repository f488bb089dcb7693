// Package statement writes a member's bill for people and programs: PDF, CSV and JSON. Every line names where its
// evidence is; sums equal the postings exactly, and what an invoice rounds, once, is shown.
package statement
