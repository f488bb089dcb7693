package exchange

import "testing"

// BenchmarkApply is the bare matcher on mixed traffic: new orders, cancels, repeats and gates.
func BenchmarkApply(b *testing.B) {
	f := newTraffic(1)
	commands := make([]Command, 200_000)
	for i := range commands {
		commands[i] = f.next()
	}
	b.ReportAllocs()
	n := 0
	m := NewMarket(testRules())
	for b.Loop() {
		if n == len(commands) {
			b.StopTimer()
			n, m = 0, NewMarket(testRules())
			b.StartTimer()
		}
		m.Apply(commands[n])
		n++
	}
}

// BenchmarkAppendEvent is what writing one event to the log costs.
func BenchmarkAppendEvent(b *testing.B) {
	_, message := sampleLog(b)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendEvent(buf[:0], message.Events[2])
	}
}
