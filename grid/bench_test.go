package grid

import (
	"syscall"
	"testing"

	"github.com/wattle/wattle/energy"
)

// measure runs a benchmark and also reports the time of the processor, which a busy machine does not stretch.
func measure(b *testing.B, operation func() error) {
	b.Helper()
	b.ReportAllocs()
	before := processor(b)
	for b.Loop() {
		if err := operation(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(processor(b)-before)/float64(b.N), "cpu-ns/op")
}

// processor is the time the processor has worked for this process, ns.
func processor(b *testing.B) int64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

func BenchmarkFlow(b *testing.B) {
	for _, name := range []string{"ieee33bw.json", "synth_1k.json", "synth_10k.json.gz"} {
		f := balanced(b, "balanced/"+name)
		b.Run(name, func(b *testing.B) {
			measure(b, func() error { _, err := f.Solve(); return err })
		})
	}
	f := comb(b, 2857, 35)
	b.Run("100k", func(b *testing.B) { measure(b, func() error { _, err := f.Solve(); return err }) })
}

// BenchmarkDay solves 96 intervals of 10,001 buses, each with powers of its own.
func BenchmarkDay(b *testing.B) {
	f := balanced(b, "balanced/synth_10k.json.gz")
	full := append([]demand(nil), f.power...)
	measure(b, func() error {
		for q := range 96 {
			s := 0.5 + float64(q%24)/24
			for i, d := range full {
				f.power[i] = demand{d.p * s, d.q * s, 0, 0}
			}
			if _, err := f.Solve(); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkTopology builds the solver anew, as after a switch.
func BenchmarkTopology(b *testing.B) {
	h, err := NewHistory(balanced(b, "balanced/synth_10k.json.gz").network, nil)
	if err != nil {
		b.Fatal(err)
	}
	interval, err := energy.NewInterval(0, 900)
	if err != nil {
		b.Fatal(err)
	}
	measure(b, func() error { _, err := h.Flow(interval); return err })
}
