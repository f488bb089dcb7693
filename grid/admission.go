package grid

import (
	"fmt"
	"math"
	"math/cmplx"

	"github.com/wattle/wattle/internal/problem"
)

// ErrMeshed is returned where only a radial network will do.
var ErrMeshed = problem.New(problem.Invalid, "the network has loops")

// Limits is the band that every voltage must keep, per unit of its nominal value.
type Limits struct {
	VMin float64 // 0.90 by EN 50160
	VMax float64 // 1.10 by EN 50160
}

// Validate reports what is wrong with the limits.
func (l Limits) Validate() error {
	if l.VMin > 0 && l.VMin < l.VMax && l.VMax < 2 {
		return nil
	}
	return Defects{{Element: "limits", What: fmt.Sprintf("voltages from %g to %g pu", l.VMin, l.VMax), Do: "give a band around 1, such as 0.9 to 1.1"}}
}

const (
	// sure is the part of the linear limit that is admitted without a power flow. The linear limit lies over the exact
	// one by up to a fifth, because currents grow where voltages fall and losses are not in it; 0.8 of it never did.
	sure = 0.8
	// staleSquare is how far commitments may move the square of a voltage before the network is solved again: 0.01 pu.
	staleSquare = 0.02
)

// link leads from a place to the one above.
type link struct {
	parent int32
	u      float64 // square of the voltage, above that of the parent
}

// side is what a check reads of a place in one direction: how much the flow through the branch above may still change,
// and how far the place may move before it or any bus behind it leaves the band. The second limit is the one without the
// branch that sets the first, so that one branch can be left out.
type side struct {
	room          float64 // per unit
	limit, second float64 // squares of voltages
	rise          float64 // resistance from the source
	from          int32   // branch that sets the limit; -1: the place itself
}

// post is what only a commitment reads of a place.
type post struct {
	r                   float64 // resistance of the branch above
	high, low           float64 // the place's own limits, squares of voltages
	firstChild, sibling int32   // -1: none
}

// Admission decides whether trades of one interval fit the wires. It stands on the power flow of the forecast and moves
// with every trade committed. Checks take time proportional to the length of the trade's path; nothing is allocated.
// It is not safe for concurrent use, and its Flow must not be used by anything else.
type Admission struct {
	flow   *Flow
	limits Limits
	links  []link
	sell   []side // flows towards the source, voltages up
	buy    []side // flows away from the source, voltages down
	posts  []post
	root   float64 // square of the source's voltage
	stale  bool    // something was committed since the last power flow
	moved  float64 // sum of the largest changes of a square of a voltage since then
	worst  violations
}

// NewAdmission solves the forecast that the flow holds and stands on it. Branches and voltages that the forecast violates
// are not refused: trades may not push them further.
func NewAdmission(f *Flow, limits Limits) (*Admission, error) {
	if err := limits.Validate(); err != nil {
		return nil, err
	}
	n := len(f.knots)
	a := &Admission{flow: f, limits: limits, links: make([]link, n), sell: make([]side, n), buy: make([]side, n), posts: make([]post, n)}
	a.links[0].parent = -1
	a.posts[0] = post{firstChild: -1, sibling: -1}
	for i := 1; i < n; i++ {
		k := &f.knots[i]
		a.links[i].parent = k.parent
		a.posts[i] = post{r: k.r, firstChild: -1, sibling: a.posts[k.parent].firstChild}
		a.posts[k.parent].firstChild = int32(i)
		a.sell[i].rise = a.sell[k.parent].rise + k.r
		a.buy[i].rise = a.sell[i].rise
	}
	return a, a.Refresh()
}

// Refresh solves the power flow of everything committed and linearises around it.
func (a *Admission) Refresh() error {
	if _, err := a.flow.Solve(); err != nil {
		return fmt.Errorf("admission: %w", err)
	}
	f := a.flow
	a.stale, a.moved = false, 0
	a.root = squareOf(f.source)
	a.worst = f.violations(a.limits)
	for i := len(a.posts) - 1; i >= 0; i-- {
		size := squareOf(f.sigma[i])
		a.posts[i].high, a.posts[i].low = a.limits.VMax*a.limits.VMax/size, a.limits.VMin*a.limits.VMin/size
		if i > 0 {
			a.links[i].u = f.square(int32(i)) - f.square(a.links[i].parent)
			a.buy[i].room, a.sell[i].room = f.room(i)
		}
		a.rescan(int32(i)) // what lies behind it has been seen: places are in depth-first order
	}
	return nil
}

// square is the square of a knot's voltage.
func (f *Flow) square(place int32) float64 {
	k := &f.knots[place]
	return k.vre*k.vre + k.vim*k.vim
}

// rescan computes a place's limits from those of all branches behind it. It reports whether any of them changed.
func (a *Admission) rescan(place int32) bool {
	p := &a.posts[place]
	up := side{limit: p.high, second: math.Inf(1), from: -1}
	down := side{limit: p.low, second: math.Inf(-1), from: -1}
	for c := p.firstChild; c >= 0; c = a.posts[c].sibling {
		u := a.links[c].u
		switch high := a.sell[c].limit - u; {
		case high < up.limit:
			up.second, up.limit, up.from = up.limit, high, c
		case high < up.second:
			up.second = high
		}
		switch low := a.buy[c].limit - u; {
		case low > down.limit:
			down.second, down.limit, down.from = down.limit, low, c
		case low > down.second:
			down.second = low
		}
	}
	s, b := &a.sell[place], &a.buy[place]
	up.room, up.rise, down.room, down.rise = s.room, s.rise, b.room, b.rise
	changed := *s != up || *b != down
	*s, *b = up, down
	return changed
}

// room is how much active power may be added to the flow through the branch above a place, away from the source and
// towards it, per unit. A branch without a rating has endless room.
func (f *Flow) room(place int) (down, up float64) {
	b, r := &f.branch[place], &f.result[place]
	near, far := b.useFrom, b.useTo // percent per unit of current
	if !b.down {
		near, far = far, near
	}
	e := f.trace.edges[f.trace.via[place]]
	trafo := e.trafo >= 0
	if near == 0 || e.line >= 0 && !f.network.Lines[e.line].rated() {
		return math.Inf(1), math.Inf(1)
	}
	limit := func(use, v float64) float64 { // largest apparent power at an end
		if trafo {
			x := &f.network.Transformers[e.trafo]
			return x.SnKVA * x.units() / baseKVA
		}
		return 100 / use * v
	}
	active := func(s, q float64) float64 { return math.Sqrt(max(0, s*s-q*q)) }
	atNear := active(limit(near, math.Sqrt(f.square(f.knots[place].parent))), r.qNear)
	atFar := active(limit(far, math.Sqrt(f.square(int32(place)))), r.qFar)
	return min(atNear-r.pNear, atFar+r.pFar), min(atNear+r.pNear, atFar-r.pFar)
}

// Max is the largest trade between two buses, given by their indexes, that the linear model allows, kW, at most want.
// Where the network has loops it is 0: only a power flow can tell.
func (a *Admission) Max(seller, buyer int, want float64) float64 {
	if len(a.flow.loops) > 0 {
		return 0
	}
	s, b := a.flow.place[seller], a.flow.place[buyer]
	top, vs, vb := a.meet(s, b)
	q := want / baseKVA
	base := a.sell[top].rise
	for child := int32(-1); s != top; {
		p := &a.sell[s]
		q = min(q, p.room)
		limit := p.limit
		if p.from == child && child >= 0 {
			limit = p.second
		}
		if rr := 2 * (p.rise - base); limit-vs < q*rr {
			q = (limit - vs) / rr
		}
		vs -= a.links[s].u
		child, s = s, a.links[s].parent
	}
	for child := int32(-1); b != top; {
		p := &a.buy[b]
		q = min(q, p.room)
		limit := p.limit
		if p.from == child && child >= 0 {
			limit = p.second
		}
		if rr := 2 * (p.rise - base); vb-limit < q*rr {
			q = (vb - limit) / rr
		}
		vb -= a.links[b].u
		child, b = b, a.links[b].parent
	}
	return max(0, q*baseKVA)
}

// meet finds the lowest place above both, and the squares of the voltages at the two.
func (a *Admission) meet(s, b int32) (top int32, vs, vb float64) {
	for s != b {
		if s > b { // places are in depth-first order: the later one cannot be above
			vs += a.links[s].u
			s = a.links[s].parent
		} else {
			vb += a.links[b].u
			b = a.links[b].parent
		}
	}
	top = s
	v := a.root
	for s > 0 {
		v += a.links[s].u
		s = a.links[s].parent
	}
	return top, vs + v, vb + v
}

// commit moves the linear state by a trade of q kW.
func (a *Admission) commit(seller, buyer int, q float64) {
	s, b := a.flow.place[seller], a.flow.place[buyer]
	top, _, _ := a.meet(s, b)
	q /= baseKVA
	a.stale = true
	a.flow.power[s].p -= q
	a.flow.power[b].p += q
	a.moved += 2 * q * (max(a.sell[s].rise, a.sell[b].rise) - a.sell[top].rise)
	a.shift(s, top, -q)
	a.shift(b, top, q)
	for place := top; place > 0 && a.rescan(place); place = a.links[place].parent {
		continue // until nothing above can change
	}
}

// shift adds a flow away from the source to every branch between a place and one above it.
func (a *Admission) shift(place, top int32, flow float64) {
	for child := int32(-1); place != top; child, place = place, a.links[place].parent {
		a.links[place].u -= 2 * a.posts[place].r * flow
		a.buy[place].room -= flow
		a.sell[place].room += flow
		if child >= 0 {
			a.rescan(place)
		}
	}
}

// violations are how far a state is outside its limits, element by element: 0 inside.
type violations struct {
	voltage []float64 // by place: pu above or below the band
	use     []float64 // by place, then by loop: part of the rating above it
}

// violations compares the last solution with the limits.
func (f *Flow) violations(l Limits) violations {
	w := violations{voltage: make([]float64, len(f.knots)), use: make([]float64, len(f.knots)+len(f.loops))}
	for i := range f.knots {
		v := math.Sqrt(f.square(int32(i))) * cmplx.Abs(f.sigma[i])
		w.voltage[i] = max(0, v-l.VMax, l.VMin-v)
	}
	for i := range w.use {
		w.use[i] = max(0, f.overload(i))
	}
	return w
}

// overload is how far a branch is above its rating, as a part of it; a loop's index follows the places. Lines are rated
// by current, transformers by apparent power.
func (f *Flow) overload(i int) float64 {
	var e edge
	var r *branchResult
	switch {
	case i == 0:
		return -1
	case i < len(f.knots):
		e, r = f.trace.edges[f.trace.via[i]], &f.result[i]
	default:
		l := &f.loops[i-len(f.knots)]
		e, r = f.trace.edges[l.edge], &l.result
	}
	if e.line >= 0 {
		if !f.network.Lines[e.line].rated() {
			return -1
		}
		return r.use/100 - 1
	}
	t := &f.network.Transformers[e.trafo]
	return max(math.Hypot(r.pNear, r.qNear), math.Hypot(r.pFar, r.qFar))*baseKVA/(t.SnKVA*t.units()) - 1
}
