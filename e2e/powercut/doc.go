// Package powercut cuts the power under the stores. They lie on a small disk of their own, which the kernel is told to
// shut down as if the power had gone: what no fsync has forced onto it is lost. What a market or a database has
// acknowledged before must be there when the disk is mounted again.
//
// Each test stands beside one in which the same cut hits a store that acknowledges early: that one must lose, which shows
// that the cut is one.
//
// It takes root, ext4 and loop devices. Without them the tests are skipped.
package powercut
