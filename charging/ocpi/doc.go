// Package ocpi holds the objects of the Open Charge Point Interface that a charge point operator exchanges with others: versions,
// credentials, locations, tariffs, sessions, charge detail records with signed data, tokens and commands.
//
// The objects are those of OCPI 2.3.0. On the wire of 2.2.1 they are written and read through Downgrade and Upgrade. Reading is
// lenient: names that are not known are passed over, as the standard asks, and enumerations are kept as they are written. It is strict
// where money or identity hangs on it: what is required must be there, and numbers are decimals.
package ocpi
