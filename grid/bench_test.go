package grid

import (
	"syscall"
	"testing"
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
}
