package ocr

import (
	"fmt"
	"time"

	"github.com/wattle/wattle/internal/problem"
)

// Timing is how fast the protocol runs, in wall-clock time whatever clock the street lives by. It stands in the
// contract, so that every oracle of a group runs by the same.
type Timing struct {
	// Round is the least time between two rounds. A closed interval is agreed on in the round after its last reading.
	Round time.Duration
	// Grace is how long a round waits for the slowest observations after a quorum of them is there.
	Grace time.Duration
	// Progress without a finished round for this long changes the leader. More than Round and Grace together.
	Progress time.Duration
	// Initial silence of a new leader for this long changes it again.
	Initial time.Duration
	// Resend is how often a restarted oracle hears where the others are.
	Resend time.Duration
	// CommitRequest is how often an oracle asks for an outcome that others have signed and it missed.
	CommitRequest time.Duration
	// Stage is how long the next oracle in line waits for the one before it to publish. More than a publication takes.
	Stage time.Duration
	// EpochRounds is the number of rounds under one leader. A restarted oracle takes part from the next epoch, so
	// EpochRounds times Round is how long that takes at most.
	EpochRounds uint64
}

// DefaultTiming attests within one to three seconds of the last reading and takes a restarted oracle back within half
// a minute. Four idle oracles cost a hundredth of a core together.
var DefaultTiming = Timing{
	Round:         time.Second,
	Grace:         100 * time.Millisecond,
	Progress:      10 * time.Second,
	Initial:       3 * time.Second,
	Resend:        5 * time.Second,
	CommitRequest: time.Second,
	Stage:         2 * time.Second,
	EpochRounds:   20,
}

// ErrTiming is returned for timing that the protocol would not run with.
var ErrTiming = problem.New(problem.Invalid, "oracle timing out of bounds")

// Validate checks the bounds that libocr enforces when it is too late to say so, and Stage, which it does not.
func (t Timing) Validate() error {
	const least = 100 * time.Millisecond // libocr's guard against exhausting the machine
	switch {
	case t.Round <= 0 || t.Grace < 0:
		return fmt.Errorf("round %s, grace %s: %w", t.Round, t.Grace, ErrTiming)
	case t.Round+t.Grace >= t.Progress:
		return fmt.Errorf("progress %s must exceed round %s and grace %s: %w", t.Progress, t.Round, t.Grace, ErrTiming)
	case t.Progress < least || t.Initial < least || t.Resend < least || t.CommitRequest < least || t.Stage < least:
		return fmt.Errorf("progress, initial, resend, commit request and stage must be %s or more: %w", least, ErrTiming)
	case t.EpochRounds == 0:
		return fmt.Errorf("no rounds in an epoch: %w", ErrTiming)
	}
	return nil
}
