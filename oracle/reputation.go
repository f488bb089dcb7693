package oracle

// Reputation is how a device or an oracle has behaved, in events counted over a rolling period. The zero value is
// that of a newcomer.
type Reputation struct {
	Due     int64 // reports that were expected
	Timely  int64 // of them, those that came in time
	Judged  int64 // reports that could be compared with what the quorum signed
	Agreed  int64 // of them, those that said the same
	Penalty int64 // sum of the confidences of findings that count, in parts per thousand
}

// Report counts one report that was due: whether it came in time and, where the quorum decided, whether it agreed.
func (r Reputation) Report(timely, judged, agreed bool) Reputation {
	r.Due++
	if timely {
		r.Timely++
	}
	if judged {
		r.Judged++
	}
	if judged && agreed {
		r.Agreed++
	}
	return r
}

// Weigh sets the penalty of the findings that count at the time now, in Unix seconds: an expired finding or one that
// an appeal upheld leaves no trace. Rounding is nobody's fault; other classes but fraud weigh a quarter.
func (r Reputation) Weigh(findings []Finding, now int64) Reputation {
	r.Penalty = 0
	for _, f := range findings {
		switch {
		case !f.Counts(now) || f.Class == Rounding:
		case f.Class == Fraud:
			r.Penalty += int64(f.Confidence)
		default:
			r.Penalty += int64(f.Confidence) / 4
		}
	}
	return r
}

// newcomer is the number of good reports a newcomer is taken to have made, and of bad ones: it starts in the middle
// and a week of quarter hours outweighs the start.
const newcomer = 50

// Confidence is the confidence in the next reading, 0 to Sure: the lower of the rates of timely and of
// agreeing reports, each with the newcomer's prior (after Laplace's rule of succession), less the penalty. A reputation cannot be bought with volume:
// it counts intervals and not Wh.
func (r Reputation) Confidence() int {
	rate := func(good, of int64) int64 { return (good + newcomer) * Sure / (of + 2*newcomer) }
	return int(max(0, min(rate(r.Timely, r.Due), rate(r.Agreed, r.Judged))-r.Penalty))
}
