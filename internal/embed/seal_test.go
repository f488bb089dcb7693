package embed

import (
	"testing"
	"time"
)

// TestUnderpriced sends what no block can take: the chain must not go on sealing empty blocks for it.
func TestUnderpriced(t *testing.T) {
	ch := mustStartChain(t, t.TempDir())
	defer mustStop(t, ch)
	ctx := deadline(t)
	for _, fee := range []int64{1, 1e12} { // the second replaces the first
		tx, err := transferFor(0, fee)
		if err != nil {
			t.Fatal(err)
		}
		if err := ch.Client().SendTransaction(ctx, tx); err != nil {
			t.Fatal(err)
		}
		if fee == 1 {
			continue
		}
		if _, err := await(ctx, ch.Client(), tx.Hash()); err != nil {
			t.Fatal(err)
		}
	}
	if head, err := ch.Client().BlockNumber(ctx); err != nil || head > 4 {
		t.Errorf("got %d blocks, error %v, want at most 4: the first, one without and one with the transaction, and one more", head, err)
	}
	checkWhole(t, ch.Client(), 1)
}

// TestNoAnswerBeforeTheDisk holds the line as the sealer does while a block is on its way to the disk.
func TestNoAnswerBeforeTheDisk(t *testing.T) {
	ch := mustStartChain(t, t.TempDir())
	defer mustStop(t, ch)
	ctx := deadline(t)
	answer := make(chan error, 1)
	ch.line.hold()
	go func() {
		_, err := ch.Client().BlockNumber(ctx)
		answer <- err
	}()
	select {
	case err := <-answer:
		t.Errorf("got an answer, error %v, want none while the line is held", err)
		ch.line.release()
		return
	case <-time.After(50 * time.Millisecond): // an answer takes a tenth of a millisecond
	}
	ch.line.release()
	if err := <-answer; err != nil {
		t.Error(err)
	}
}

// BenchmarkTransfer sends transactions one by one, each after the receipt of the last.
func BenchmarkTransfer(b *testing.B) {
	ch, err := StartChain(config(b.TempDir()))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = ch.Stop() }()
	for sent := uint64(0); b.Loop(); sent++ {
		if err := send(b.Context(), ch.Client(), sent+1, func(uint64) {}); err != nil {
			b.Fatal(err)
		}
	}
}
