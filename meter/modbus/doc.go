// Package modbus reads and writes the registers of devices over Modbus/TCP, Modbus/TCP Security (TLS), serial lines (RTU)
// and serial lines behind a gateway that passes their bytes through (RTU over TCP).
//
// A Link is one physical connection. One goroutine owns it, so the units behind it (a hybrid inverter, its meter)
// never mix their answers, and a bounded queue stands before it. github.com/goburrow/modbus builds and checks the
// requests; the transport is ours, because its own returns values of other registers after a late reply, never
// reconnects, accepts short replies and lets concurrent units race.
//
// What a link promises: an answer belongs to its request (transaction or silence, unit, function, length and checksum are
// checked); a closed connection is opened again; a device that keeps failing is left alone for a while, with errors at
// once.
//
// Serve is the other side: it answers as a Proxy for a link that many share, or as the Image of a device.
package modbus
