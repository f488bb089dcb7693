// Package postgres runs a private PostgreSQL cluster from the server programs installed on the machine.
//
// The cluster listens on a Unix socket alone, in a directory that only its user (and root) may enter; there is no
// password and no port. Pages carry checksums and every commit is synced. PostgreSQL refuses to run as root, so root
// hands the cluster to the user postgres, else to nobody. The server ends with this process, also when this process is
// killed, and the next start recovers from whatever happened.
//
//	<dir>/data          the cluster
//	<dir>/data.tmp-*    a cluster that initdb did not finish; the next start removes it
//	<dir>/server.log    what the server has said since its start
//	<dir>/socket        a link to the socket's directory, which is in the temporary directory: socket paths are short
package postgres
