package grid

import (
	"fmt"
	"slices"

	"github.com/wattle/wattle/energy"
)

// Change is a switching of a switch, line or transformer at a moment, in Unix seconds.
type Change struct {
	At      int64
	Element Step // Forward is not used
	Switch  bool // Element.ID is a switch's
	Closed  bool
}

// History is a network over time: what it was first, and what was switched since. A change counts from the first
// interval that begins at or after it, so that an interval has one topology and later changes leave it alone.
type History struct {
	base    *Network
	changes []Change
}

// NewHistory checks the network and the changes against it. They must be in the order of time and name existing elements.
func NewHistory(base *Network, changes []Change) (*History, error) {
	f := &findings{}
	for i, c := range changes {
		f.need(i == 0 || c.At >= changes[i-1].At, fmt.Sprintf("change %d", i), "it is before the one above it", "list changes in the order of time")
		f.need(c.find(base) >= 0, fmt.Sprintf("change %d", i), fmt.Sprintf("the network has no %s", c.name()), "name an existing element")
	}
	if err := f.list.or(); err != nil {
		return nil, err
	}
	if err := base.Check(); err != nil {
		return nil, err
	}
	return &History{base, slices.Clone(changes)}, nil
}

func (c Change) name() string {
	switch {
	case c.Switch:
		return fmt.Sprintf("switch %d", c.Element.ID)
	case c.Element.Transformer:
		return fmt.Sprintf("transformer %d", c.Element.ID)
	}
	return fmt.Sprintf("line %d", c.Element.ID)
}

// find returns the index of the change's element among its kind, or -1.
func (c Change) find(n *Network) int {
	switch {
	case c.Switch:
		return slices.IndexFunc(n.Switches, func(s Switch) bool { return s.ID == c.Element.ID })
	case c.Element.Transformer:
		return slices.IndexFunc(n.Transformers, func(t Transformer) bool { return t.ID == c.Element.ID })
	}
	return slices.IndexFunc(n.Lines, func(l Line) bool { return l.ID == c.Element.ID })
}

// At is the network during an interval. It is a copy; elements that did not change are shared and must not be edited.
func (h *History) At(interval energy.Interval) *Network {
	n := *h.base
	n.Switches, n.Lines, n.Transformers = slices.Clone(n.Switches), slices.Clone(n.Lines), slices.Clone(n.Transformers)
	for _, c := range h.changes {
		if c.At > interval.StartUnix() {
			break
		}
		closed := c.Closed
		switch i := c.find(&n); {
		case c.Switch:
			n.Switches[i].Closed = closed
		case c.Element.Transformer:
			n.Transformers[i].InService = &closed
		default:
			n.Lines[i].InService = &closed
		}
	}
	return &n
}

// Flow prepares the network of an interval for solving. Only what switching can make a defect is checked again: it is an
// order of magnitude faster than NewFlow.
func (h *History) Flow(interval energy.Interval) (*Flow, error) {
	n, f := h.At(interval), &findings{}
	if n.checkConnections(f); len(f.list) > 0 {
		return nil, f.list
	}
	return newFlow(n), nil
}
