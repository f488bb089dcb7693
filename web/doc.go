// Package web is the face of a street: a page, the interface behind it, and a WebSocket that carries what changes.
//
// The page and what it asks for can be read by anyone who reaches the listener, and nothing can be written with them: there
// is no login, and a zone must only be served this way if its members agreed to be seen, as those of a simulated street
// do. What is served is listed in openapi.yaml; anything else is refused.
//
// Programs trade through the order API (/api/orders, /api/stream), which wants a bearer token and shows nobody whose the
// orders and trades of others are. It hands commands to Config.Submit and answers from the same view of the market's log as
// everything else. A request that is malformed, denied or too frequent reaches no log; what the market refuses is an
// event in its log. Package web/token keeps the tokens.
//
// The server folds what it is told (Live, Market, Settled, Health) into one state and sends each topic's changes to
// every client at most four times a second. History and proofs come from a Source. Wire structs are the package's own,
// never those of the domain, so a change of the core does not change what others rely on.
package web
