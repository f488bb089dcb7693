package oracle

// Consequence is what a finding means for a device and its owner's deposit.
type Consequence struct {
	Suspend bool // the device's readings are no longer taken
	Slash   bool // the deposit is forfeit
}

// Consequence decides at the time now, in Unix seconds. Scores never cost money: only a proven equivocation, or a
// fraud whose appeal was lost, slashes. A finding of fraud is first shown; its member has until it expires to
// object. Suspension follows at once from a proof, and else from a lost appeal. An equivocation counts only with
// its proof, which the caller holds or does not.
func (f Finding) Consequence(proof *Equivocated, now int64) Consequence {
	if f.Kind == Equivocation {
		proven := proof != nil && f.Appeal != Upheld && f.isOf(*proof)
		return Consequence{Suspend: proven, Slash: proven}
	}
	lost := f.Class == Fraud && f.Appeal == Dismissed
	return Consequence{Suspend: lost && f.Counts(now), Slash: lost}
}

// isOf reports whether the finding is the one of a proof, which is verified again: money hangs on it.
func (f Finding) isOf(e Equivocated) bool {
	verified, err := Equivocate(e.First, e.Second)
	if err != nil || len(f.Readings) != 2 || f.Meter != e.First.Meter {
		return false
	}
	return f.Readings[0] == verified.First.Digest() && f.Readings[1] == verified.Second.Digest()
}
