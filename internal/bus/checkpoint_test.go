package bus_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
)

func TestCheckpointsKeepTheNewest(t *testing.T) {
	b, ctx := bustest.Open(t), t.Context()
	if all, err := b.Checkpoints(ctx, street); len(all) != 0 || err != nil {
		t.Fatalf("before the first: got %v, %v, want none", all, err)
	}
	large := bytes.Repeat([]byte("state"), 500_000) // several chunks
	for position := uint64(1); position <= 5; position++ {
		if err := b.SaveCheckpoint(ctx, street, position*7, 3, append(large, byte(position))); err != nil {
			t.Fatal(err)
		}
		if err := b.SaveCheckpoint(ctx, "street-2", position, 1, nil); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := b.Checkpoints(ctx, street); !slices.Equal(all, []uint64{35, 28, 21}) || err != nil {
		t.Errorf("got %v, %v, want 35, 28, 21", all, err)
	}
	if all, err := b.Checkpoints(ctx, "street-2"); !slices.Equal(all, []uint64{5}) || err != nil {
		t.Errorf("the other zone: got %v, %v, want 5", all, err)
	}
	data, err := b.Checkpoint(ctx, street, 28)
	if err != nil || len(data) != len(large)+1 || data[len(large)] != 4 {
		t.Errorf("got %d bytes, %v, want the %d that were saved", len(data), err, len(large)+1)
	}
	if _, err := b.Checkpoint(ctx, street, 7); !errors.Is(err, bus.ErrNoCheckpoint) {
		t.Errorf("one that was removed: got %v, want %v", err, bus.ErrNoCheckpoint)
	}
}

func TestAt(t *testing.T) {
	b, ctx := bustest.Open(t), t.Context()
	if _, err := b.Append(ctx, bus.OrderSubject(street), 0, []byte("one")); err != nil {
		t.Fatal(err)
	}
	if m, found, err := b.At(ctx, bus.OrderSubject(street), 1); !found || err != nil || string(m.Data) != "one" || m.Sequence != 1 {
		t.Errorf("got %+v, %t, %v, want one", m, found, err)
	}
	for subject, sequence := range map[string]uint64{bus.OrderSubject(street): 2, bus.OrderSubject("other"): 1} {
		if _, found, err := b.At(ctx, subject, sequence); found || err != nil {
			t.Errorf("%d of %s: found %t, %v, want nothing", sequence, subject, found, err)
		}
	}
}
