package agent

import (
	"context"
	"errors"
	"time"

	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/modbus"
)

// Commission watches a grid meter once a second while somebody turns on a kettle, and says which way round it counts;
// meter.Unsure after patience without a clear step.
func Commission(ctx context.Context, s Source, patience time.Duration) (verdict meter.Verdict, err error) {
	link, err := modbus.Open(s.Link)
	if err != nil {
		return meter.Unsure, err
	}
	defer func() { err = errors.Join(err, link.Close()) }()
	if s.Poll == 0 {
		s.Poll = defaultPoll
	}
	device := &source{Source: s, client: link.Unit(s.Unit)}
	every := time.NewTicker(s.Poll)
	defer every.Stop()
	end := time.After(patience)
	var k meter.Kettle
	for {
		snapshot, err := device.read(ctx)
		if err != nil {
			return meter.Unsure, err
		}
		if snapshot.Grid != nil {
			if verdict := k.Observe(*snapshot.Grid); verdict != meter.Unsure {
				return verdict, nil
			}
		}
		select {
		case <-ctx.Done():
			return meter.Unsure, context.Cause(ctx)
		case <-end:
			return meter.Unsure, nil
		case <-every.C:
		}
	}
}
