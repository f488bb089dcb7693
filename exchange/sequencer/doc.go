// Package sequencer is the only writer of a zone's market: it puts commands in order, makes them durable in the order
// log, applies them, and publishes their events to the market log.
//
// A command is answered after its batch is in the order log and not before; what is in that log has happened, whatever
// becomes of the process. So a sequencer does not start on a message server that acknowledges before the disk has the
// batch. While one batch is being written, the one before is applied and answered, and those who come meanwhile are the
// next one: the batches grow with the load, and nobody waits for a timer, but for the half millisecond that lies at least
// between the beginnings of two batches.
//
// At start the sequencer takes the newest checkpoint that is whole, replays the order log behind it, verifies that every
// batch follows the one before by number and digest, and publishes what the market log lacks. A log that does not verify
// halts the zone with an error that says where: it is never skipped.
//
// Of several sequencers of a zone one has the lease and works, and the others wait for its end. The lease only says whose
// turn it is. Every append names the message it follows, so one that slept over the end of its lease is refused by the
// log itself, stops, and waits like the others.
//
// A log that does not acknowledge within two seconds counts as wedged: those who wait are told to send again with the
// same ids, the market takes no orders until the log answers, and Trouble says why.
//
// Clockwork opens books and closes gates by the zone's clock; time enters the market only as its commands.
package sequencer
