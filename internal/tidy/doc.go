// Package tidy checks the house: who may import whom, what a pure package must not know, and the sizes and words
// that keep the source readable. Its tests read the source of the whole module and name every line that breaks a
// rule; each rule is first shown a bad example that it must catch.
package tidy
