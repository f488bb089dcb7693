// Package e2e proves the whole system: it builds the program, runs it as its users would, and looks at what it says and
// leaves behind.
package e2e
