// Package embed gives Wattle its three engines and the directory for their data, so that one program is enough:
// PostgreSQL from the machine's own server programs, NATS JetStream and an Ethereum chain within this process. Each keeps
// what it has acknowledged when the process is killed, and none opens a port.
//
//	<data>/lock       held while a process works on the directory
//	<data>/version    layout of the directory
//	<data>/<name>     what a part of the program keeps
package embed
