// Package agent reads one home's devices and signs what its meter said at every interval boundary.
//
// It polls the devices about once a second and says how the home does (meter.Live). When a boundary of the
// zone's delivery interval has passed, it reads the cumulative registers, signs them, writes the reading durably to
// its outbox and only then publishes it; what was not acknowledged is sent again, in order, also after a crash.
//
// The agent signs no nonsense: a register that is absent or fell below what was signed before is held, and the owner
// is told. A boundary at which no device answered is not made up for, because registers are cumulative: the next
// reading covers it.
//
// Agents of different homes share nothing. Within a home each device has its own goroutine, and each physical
// connection its own link.
package agent
