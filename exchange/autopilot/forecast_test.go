package autopilot

import (
	"crypto/ed25519"
	"testing"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
)

const quarters = 96 // of a UTC day, which has no summer time

// sunny is a home that exports around noon and imports otherwise.
func sunny(number int64, sun energy.WattHours) flow {
	if quarter := number % quarters; quarter >= 32 && quarter < 64 {
		return flow{0, 1000 * sun / 100}
	}
	return flow{200, 0}
}

// firstDay is the number of the first quarter hour of a day; the last Sunday of March follows it, when clocks change.
var firstDay = time.Date(2026, 3, 24, 0, 0, 0, 0, time.UTC).Unix() / 900

func filled(days int64, without ...int64) *forecaster {
	f := &forecaster{history: history{length: energy.FifteenMinutes}}
	for n := range days * quarters {
		skip := false
		for _, d := range without {
			skip = skip || n/quarters == d
		}
		if !skip {
			f.judge(firstDay+n, sunny(n, 100))
		}
	}
	return f
}

func TestUsualIsTheSameTimeOfRecentDays(t *testing.T) {
	for name, f := range map[string]*forecaster{"a week": filled(7), "over the change of clocks": filled(10), "days missing": filled(7, 2, 4, 5), "one day": filled(1)} {
		for _, quarter := range []int64{3, 40, 50, 90} {
			n := f.newest + 1 + quarter
			if got, ok := f.expect(n); !ok || got != sunny(quarter, 100) {
				t.Errorf("%s, quarter %d: got %+v %t, want %+v", name, quarter, got, ok, sunny(quarter, 100))
			}
		}
	}
	f := filled(3)
	for n := range int64(quarters) {
		f.judge(firstDay+3*quarters+n, flow{energy.WattHours(n), 0})
	}
	for n := range int64(quarters) {
		f.judge(firstDay+4*quarters+n, sunny(n, 100))
	}
	if got, _ := f.usual(firstDay + 5*quarters + 10); got.imported <= 100 || got.imported >= 200 {
		t.Errorf("a strange day before yesterday: got %s, want between it and the others, nearer to them", got.imported)
	}
}

func TestFirstDayHasNoUsual(t *testing.T) {
	f := &forecaster{history: history{length: energy.FifteenMinutes}}
	if _, ok := f.blend(f.opinion(firstDay, flow{}, false)); ok {
		t.Error("a home nobody heard of has a forecast")
	}
	f.judge(firstDay, flow{300, 0})
	if got, ok := f.blend(f.opinion(firstDay+2, flow{}, false)); !ok || got != (flow{300, 0}) {
		t.Errorf("after one interval: got %+v %t, want the same again", got, ok)
	}
	if _, ok := f.blend(f.opinion(firstDay+mostGap+1, flow{}, false)); ok {
		t.Error("an interval long ago is taken for a forecast")
	}
	flows, ok := f.horizon(f.opinion(firstDay+2, flow{500, 0}, true), 8)
	for i, got := range flows {
		if !ok || got != (flow{500, 0}) {
			t.Errorf("%d intervals ahead: got %+v, want the present to last", i, got)
		}
	}
}

func TestUsualIsScaledByTodaysSun(t *testing.T) {
	f := filled(5)
	for n := range int64(44) { // three hours of sun, a quarter of the usual
		f.judge(firstDay+5*quarters+n, sunny(n, 25))
	}
	if got, _ := f.expect(firstDay + 5*quarters + 50); got.exported != 250 {
		t.Errorf("got %s, want a quarter of the usual 1000 Wh", got.exported)
	}
	if got, _ := f.expect(firstDay + 5*quarters + 80); got.imported != 200 {
		t.Errorf("got %s, want the usual import, whatever the sun", got.imported)
	}
	flows, _ := f.horizon(f.opinion(firstDay+5*quarters+45, flow{0, 250}, true), 40)
	if flows[0].exported < 240 || flows[0].exported > 260 || flows[12].exported != 250 || flows[30] != (flow{200, 0}) {
		t.Errorf("horizon: got %+v, %+v and %+v", flows[0], flows[12], flows[30])
	}
}

func TestHistoryIsBounded(t *testing.T) {
	f := filled(60)
	if got, want := len(f.ring), (daysKept+1)*quarters; got != want {
		t.Errorf("after 60 days: %d intervals are kept, want %d", got, want)
	}
	f.put(firstDay, flow{999, 0})
	if _, ok := f.at(firstDay); ok {
		t.Error("an interval of two months ago was taken in")
	}
	f.put(f.newest, flow{-1, 0})
	if got, _ := f.at(f.newest); got.imported < 0 {
		t.Error("an impossible interval was taken in")
	}
}

// TestBetterVoicesWeighMore lets the present be wrong by much and its slope by little.
func TestBetterVoicesWeighMore(t *testing.T) {
	f := filled(5)
	for n := range int64(20) {
		number := f.newest + 1
		o := f.opinion(number, flow{700, 0}, true)
		o.flow[slopeVoice] = sunny(n, 100)
		f.keep(o)
		f.judge(number, sunny(n, 100))
	}
	o := f.opinion(f.newest+1, flow{700, 0}, true)
	o.flow[slopeVoice] = flow{200, 0}
	if got, _ := f.blend(o); got.imported < 200 || got.imported > 210 {
		t.Errorf("got %s, want almost the 200 Wh of the voice that was right", got.imported)
	}
}

func TestConfidence(t *testing.T) {
	c := newConfidence()
	if got := c.share(150); got > 500 {
		t.Errorf("a beginner is sure of %d in 1000, want at most half", got)
	}
	for i := range energy.WattHours(ratiosKept + 7) {
		c.learn(1000, 10*(i%100))
	}
	if len(c.ratios) != ratiosKept {
		t.Errorf("%d ratios are kept, want %d", len(c.ratios), ratiosKept)
	}
	for _, chance := range []int64{0, 250, 500, 1000} {
		if got := c.share(chance); got < chance-40 || got > chance+40 {
			t.Errorf("chance %d: got %d, want about the same of even cases", chance, got)
		}
	}
}

// TestReadingsAloneTeach replays a log of readings: the same is known as before the restart.
func TestReadingsAloneTeach(t *testing.T) {
	s := newStreet(t)
	c := s.config()
	c.setDefaults()
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	var log []meter.SignedReading
	var imported, exported energy.WattHours
	for n := range int64(5*quarters + 1) {
		r := meter.Reading{Zone: "street", Meter: home(0).Meter, Counter: uint64(n + 1), Boundary: (firstDay + n) * 900, Taken: (firstDay + n) * 900_000,
			Import: imported, Export: exported, Quality: meter.Measured}
		if n > 0 {
			r.Previous = log[len(log)-1].Digest()
		}
		log = append(log, meter.Sign(key, r))
		f := sunny(n, 100)
		imported, exported = imported+f.imported, exported+f.exported
	}
	f := newFeed(&c, home(0))
	for i, r := range log {
		f.learn(r)
		f.learn(log[i/2]) // an old one again
	}
	if got, ok := f.grid.expect(firstDay + 5*quarters + 40); !ok || got != (flow{0, 1000}) {
		t.Errorf("got %+v %t, want 1000 Wh of export", got, ok)
	}
	if len(f.sell.ratios) != ratiosKept || f.sell.share(500) != 1000 {
		t.Errorf("%d forecasts were judged and half reached %d in 1000: want forecasts that come true", len(f.sell.ratios), f.sell.share(500))
	}
	gap := newFeed(&c, home(0))
	gap.learn(log[0])
	gap.learn(log[3]) // readings were lost: the energy is divided
	if got, ok := gap.grid.at(firstDay + 1); !ok || got != (flow{200, 0}) {
		t.Errorf("in a short gap: got %+v %t, want a third of the energy", got, ok)
	}
	gap.learn(log[3+mostGap+1])
	if _, ok := gap.grid.at(firstDay + 5); ok {
		t.Error("a long gap was divided")
	}
}
