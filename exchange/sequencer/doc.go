// Package sequencer is the only writer of a zone's market: it puts commands in order, makes them durable in the order
// log, applies them, and publishes their events to the market log.
//
// A command is answered after its batch is in the order log and not before; what is in that log has happened, whatever
// becomes of the process. At start the sequencer replays the order log from its beginning, verifies that every batch
// follows the one before by number and digest, and publishes what the market log lacks. A log that does not verify
// halts the zone with an error that says where: it is never skipped. Every append names the message it follows, so of
// two writers the slower is refused by the log itself and stops.
//
// Clockwork opens books and closes gates by the zone's clock; time enters the market only as its commands.
package sequencer
