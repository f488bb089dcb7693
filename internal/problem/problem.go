// Package problem classifies a failure by what the caller should do about it. Sentinels live beside the code that
// returns them; this package gives each its kind, and finds the kind again through any number of wraps.
package problem

import "errors"

// Kind says what the caller should do.
type Kind uint8

const (
	// Internal needs a person: the program is wrong or its data is. It is the kind of every unclassified error.
	Internal Kind = iota
	// Invalid input: fix it and ask again.
	Invalid
	// NotFound: what was named does not exist.
	NotFound
	// Conflict: the state says no; the same request may succeed at another time or never.
	Conflict
	// Denied: the caller may not do this.
	Denied
	// Unavailable: retry later.
	Unavailable
)

// String is the kind's name as it appears in logs and in problem documents.
func (k Kind) String() string {
	switch k {
	case Invalid:
		return "invalid"
	case NotFound:
		return "not-found"
	case Conflict:
		return "conflict"
	case Denied:
		return "denied"
	case Unavailable:
		return "unavailable"
	default:
		return "internal"
	}
}

type problem struct {
	kind Kind
	text string
}

func (p *problem) Error() string { return p.text }

// New makes a sentinel error of a kind.
func New(kind Kind, text string) error { return &problem{kind, text} }

// KindOf returns the kind of the first classified error in err's tree, or Internal.
func KindOf(err error) Kind {
	var p *problem
	if errors.As(err, &p) {
		return p.kind
	}
	return Internal
}
