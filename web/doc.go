// Package web is the face of a street: a page, the interface behind it, and a WebSocket that carries what changes.
//
// Everything here can be read by anyone who reaches the listener and nothing can be written: there is no login, and a
// zone must only be served this way if its members agreed to be seen, as those of a simulated street do. What is
// served is listed in openapi.yaml; anything else is refused.
//
// The server folds what it is told (Live, Market, Settled, Health) into one state and sends each topic's changes to
// every client at most four times a second. History and proofs come from a Source. Wire structs are the package's own,
// never those of the domain, so a change of the core does not change what others rely on.
package web
