// Package token keeps the bearer tokens with which programs act for members, in Postgres.
//
// A token is wattle_ID_SECRET. The public half names it in lists; of the secret half, 256 random bits, only the SHA-256
// digest is stored, so who reads the database cannot trade. A token is shown once, when it is issued, and is good for a year
// or as long as the operator says.
package token
