package grid

import (
	"fmt"
	"strings"

	"github.com/wattle/wattle/internal/problem"
)

// ErrNetwork is returned for a network that cannot be: a missing bus, a line without impedance, a loop where none may be.
var ErrNetwork = problem.New(problem.Invalid, "the network is not consistent")

// Defect is one thing that is wrong with a network, and what to do about it.
type Defect struct {
	Element string // "line 7", "bus 3 (Church Street)"
	What    string // what is wrong
	Do      string // what a person should do
}

// String is the defect in one sentence.
func (d Defect) String() string { return d.Element + ": " + d.What + "; " + d.Do }

// Defects are everything a checker found, in the order of the elements. It is an error that wraps ErrNetwork.
type Defects []Defect

// shownDefects is how many defects an error prints; a person repairs those first.
const shownDefects = 20

// Error lists the first defects, one a line.
func (d Defects) Error() string {
	lines := make([]string, 0, shownDefects+1)
	for i, defect := range d {
		if i == shownDefects {
			lines = append(lines, fmt.Sprintf("and %d more", len(d)-i))
			break
		}
		lines = append(lines, defect.String())
	}
	return ErrNetwork.Error() + ": " + strings.Join(lines, "\n")
}

// Unwrap makes errors.Is(d, ErrNetwork) true.
func (d Defects) Unwrap() error { return ErrNetwork }

// or returns the defects as an error, or nil where there are none.
func (d Defects) or() error {
	if len(d) == 0 {
		return nil
	}
	return d
}

// findings collects defects while a network is checked.
type findings struct{ list Defects }

func (f *findings) add(element, what, do string) {
	f.list = append(f.list, Defect{Element: element, What: what, Do: do})
}

// need adds a defect where a condition does not hold.
func (f *findings) need(ok bool, element, what, do string) {
	if !ok {
		f.add(element, what, do)
	}
}
