// Package sunspec reads inverters, meters and batteries that describe themselves by SunSpec models.
//
// Discover finds the chain of models behind a unit; Read tells everything this package knows how to name, for people;
// Snapshot reads what an agent needs, with the frames it came in. Which registers mean what is the table in models.go,
// held against the official model files by a test.
//
// Real devices shape the rules. A value and its scale factor come from one request, because some devices change the
// factor as they run. A register that says "not implemented" is absent, never zero. Where a device refuses a block,
// the block is read in parts around the hole. A chain may lack its end marker. Numbers are exact: integers with a
// decimal exponent, also where the register holds a float32.
package sunspec
