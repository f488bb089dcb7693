package settlement_test

import (
	"fmt"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/settlement/audit"
)

// BenchmarkAuditDay audits a day of 1,000 homes: 97,000 readings, 96 attestations of 1,000 leaves. It takes a while to make
// the day and runs the audit once (-benchtime 1x).
func BenchmarkAuditDay(b *testing.B) {
	few := members
	defer func() { members = few }()
	for i := 3; i < 1000; i++ {
		members = append(members[:i:i], energy.Member(fmt.Sprintf("home-%04d", i)))
	}
	s := measure(b, start(b).street(b, "street"))
	must(b, s.chain.RegisterZone(b.Context(), s.zone, 5_000_000))
	const day = 96
	for n := range day {
		s.trade(b, n)
		s.reads(b, n)
		if n%8 == 7 {
			must(b, s.work(b, n, nil).err)
		}
	}
	for b.Loop() {
		report, err := audit.Run(b.Context(), s.auditConfig())
		if err != nil || report.Intervals != day {
			b.Fatalf("got %+v %v, want %d intervals", report, err, day)
		}
		b.Logf("%+v", report)
	}
}
