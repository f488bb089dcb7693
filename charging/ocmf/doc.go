// Package ocmf reads and verifies signed values of charging stations' meters in the Open Charge Metering Format (SAFE e.V.,
// OCMF 1.4). A record is text: "OCMF|payload|signature", both JSON.
//
// The signature covers the payload's bytes exactly as they are written; nothing is ever written anew before it is verified. One
// payload has many valid signatures, so what was billed is remembered by the payload's digest, never by the whole record.
package ocmf
