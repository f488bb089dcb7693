package bus_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/wattle/wattle/internal/bus"
	"github.com/wattle/wattle/internal/bustest"
	"github.com/wattle/wattle/internal/problem"
)

// street is a zone; its market is the log most tests write to.
const street = "street"

func TestAppendFencesTheSlowerWriter(t *testing.T) {
	b, ctx := bustest.Open(t), t.Context()
	subject := bus.MarketSubject(street)
	first, err := b.Append(ctx, subject, 0, []byte("one"))
	if err != nil || first != 1 {
		t.Fatalf("first append: got sequence %d, error %v, want 1", first, err)
	}
	// Another zone's message takes the next number of the stream, and must not fence this zone.
	if _, err := b.Append(ctx, bus.MarketSubject("other"), 0, nil); err != nil {
		t.Fatalf("append to another zone: %v", err)
	}
	if _, err := b.Append(ctx, subject, 0, []byte("two")); !errors.Is(err, bus.ErrFenced) || problem.KindOf(err) != problem.Conflict {
		t.Fatalf("append after 0: got %v, want %v", err, bus.ErrFenced)
	}
	second, err := b.Append(ctx, subject, first, []byte("two"))
	if err != nil || second != 3 {
		t.Fatalf("append after 1: got sequence %d, error %v, want 3", second, err)
	}
	last, ok, err := b.LastOf(ctx, subject)
	if err != nil || !ok || last.Sequence != second || string(last.Data) != "two" || last.Subject != subject {
		t.Fatalf("last: got %+v, %v, %v, want sequence 3 with \"two\"", last, ok, err)
	}
}

func TestOneOfManyWritersWinsEachPlace(t *testing.T) {
	b, ctx := bustest.Open(t), t.Context()
	subject := bus.MarketSubject(street)
	const writers, each = 8, 20
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for n := 0; n < each; {
				last, _, err := b.LastOf(ctx, subject)
				if err != nil {
					t.Errorf("last: %v", err)
					return
				}
				switch _, err := b.Append(ctx, subject, last.Sequence, fmt.Appendf(nil, "%d after %d", w, last.Sequence)); {
				case err == nil:
					n++
				case !errors.Is(err, bus.ErrFenced):
					t.Errorf("append: %v", err)
					return
				}
			}
		})
	}
	group.Wait()
	want := uint64(0)
	last, err := b.Replay(ctx, subject, 0, func(m bus.Message) error {
		if suffix := fmt.Sprintf(" after %d", want); !bytes.HasSuffix(m.Data, []byte(suffix)) {
			t.Errorf("message %d: got %q, want it to end in %q", m.Sequence, m.Data, suffix)
		}
		want = m.Sequence
		return nil
	})
	if err != nil || last != writers*each {
		t.Fatalf("replay: got last %d, error %v, want %d", last, err, writers*each)
	}
}

func TestPublishTwiceIsOneMessage(t *testing.T) {
	b, ctx := bustest.Open(t), t.Context()
	subject := bus.MeterSubject(street, "home-01-grid")
	for range 2 {
		if sequence, err := b.Publish(ctx, subject, "home-01-grid/7", []byte("reading")); err != nil || sequence != 1 {
			t.Fatalf("publish: got sequence %d, error %v, want 1", sequence, err)
		}
	}
	if sequence, err := b.Publish(ctx, subject, "home-01-grid/8", []byte("reading")); err != nil || sequence != 2 {
		t.Fatalf("publish another: got sequence %d, error %v, want 2", sequence, err)
	}
}

func TestEmptyLog(t *testing.T) {
	b, ctx := bustest.Open(t), t.Context()
	subject := bus.AttestSubject(street)
	if m, ok, err := b.LastOf(ctx, subject); ok || err != nil {
		t.Fatalf("last: got %+v, %v, %v, want nothing", m, ok, err)
	}
	none := func(m bus.Message) error { return fmt.Errorf("got %+v, want no message", m) }
	if last, err := b.Replay(ctx, subject, 0, none); last != 0 || err != nil {
		t.Fatalf("replay: got %d, %v, want 0, no error", last, err)
	}
}

func TestReplayFromTheMiddle(t *testing.T) {
	b, ctx := bustest.Open(t), t.Context()
	for i := range 1000 {
		meter := []string{"home-01-grid", "home-02-grid"}[i%2]
		if _, err := b.Publish(ctx, "zone.street.meter."+meter, fmt.Sprint(i), fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	var got []uint64
	last, err := b.Replay(ctx, bus.MeterSubject(street, "home-02-grid"), 501, func(m bus.Message) error {
		got = append(got, m.Sequence)
		return nil
	})
	if err != nil || last != 1000 || len(got) != 250 || got[0] != 502 {
		t.Fatalf("one meter: got last %d, %d messages, error %v, want 1000 and 250 from 502", last, len(got), err)
	}
	count := 0
	if _, err := b.Replay(ctx, bus.MeterSubject(street, "*"), 501, func(bus.Message) error { count++; return nil }); err != nil || count != 500 {
		t.Fatalf("all meters: got %d messages, error %v, want 500", count, err)
	}
	stop := errors.New("enough")
	last, err = b.Replay(ctx, bus.MeterSubject(street, "*"), 1, func(m bus.Message) error {
		if m.Sequence == 11 {
			return stop
		}
		return nil
	})
	if err != stop || last != 10 {
		t.Fatalf("stopped: got last %d, error %v, want 10, %v", last, err, stop)
	}
}

func TestFollowGoesFromOldToNew(t *testing.T) {
	b, subject := bustest.Open(t), bus.OrderSubject(street)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for i := range 10 {
		if _, err := b.Append(ctx, subject, uint64(i), nil); err != nil {
			t.Fatal(err)
		}
	}
	var got []uint64
	err := b.Follow(ctx, "zone.*.order", 6, func(m bus.Message) error {
		got = append(got, m.Sequence)
		switch m.Sequence {
		case 20:
			cancel()
		default:
			if m.Sequence >= 10 { // appended by the follower, so after the old ones are through
				_, err := b.Append(ctx, subject, m.Sequence, nil)
				return err
			}
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("follow: got %v, want %v", err, context.Canceled)
	}
	for i, sequence := range got {
		if sequence != uint64(6+i) {
			t.Fatalf("got sequences %v, want 6 to 20", got)
		}
	}
	if len(got) != 15 {
		t.Fatalf("got %d messages, want 15", len(got))
	}
}

func TestReadingBeyondTheEndIsDamage(t *testing.T) {
	b, ctx := bustest.Open(t), t.Context()
	subject := bus.MarketSubject(street)
	if _, err := b.Append(ctx, subject, 0, nil); err != nil {
		t.Fatal(err)
	}
	none := func(m bus.Message) error { return fmt.Errorf("got %+v, want no message", m) }
	if _, err := b.Replay(ctx, subject, 2, none); err != nil {
		t.Fatalf("replay from the end: %v", err)
	}
	if _, err := b.Replay(ctx, subject, 3, none); !errors.Is(err, bus.ErrDamaged) || problem.KindOf(err) != problem.Internal {
		t.Fatalf("replay: got %v, want %v", err, bus.ErrDamaged)
	}
	if err := b.Follow(ctx, subject, 3, none); !errors.Is(err, bus.ErrDamaged) {
		t.Fatalf("follow: got %v, want %v", err, bus.ErrDamaged)
	}
}

func TestSubjectsOfNoLog(t *testing.T) {
	b, ctx := bustest.Open(t), t.Context()
	for _, subject := range []string{"", "zone", "zone.street", "zone.street.live.home-01-grid", "zone.street.order.x", "zone..order",
		"zone.street.meter.", "zone.*.order", "zone.street.meter.*", "zone.>", "zone.street.meter.>", "zone.a b.order", "site.street.order"} {
		if _, err := b.Append(ctx, subject, 0, nil); !errors.Is(err, bus.ErrSubject) {
			t.Errorf("append to %q: got %v, want %v", subject, err, bus.ErrSubject)
		}
		if _, _, err := b.LastOf(ctx, subject); !errors.Is(err, bus.ErrSubject) {
			t.Errorf("last of %q: got %v, want %v", subject, err, bus.ErrSubject)
		}
	}
	if err := b.Follow(ctx, "zone.street.>", 0, nil); !errors.Is(err, bus.ErrSubject) {
		t.Errorf("follow: got %v, want %v", err, bus.ErrSubject)
	}
}

func TestTooLarge(t *testing.T) {
	b := bustest.Open(t)
	_, err := b.Publish(t.Context(), bus.OrderSubject(street), "1", make([]byte, 2<<20))
	if !errors.Is(err, bus.ErrTooLarge) {
		t.Fatalf("got %v, want %v", err, bus.ErrTooLarge)
	}
}

func TestOpenRefusesALogThatForgets(t *testing.T) {
	ns := bustest.Start(t, &server.Options{DontListen: true})
	nc, err := nats.Connect("", nats.InProcessServer(ns))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "ORDER", Subjects: []string{"zone.*.order"},
		Discard: jetstream.DiscardNew, DenyDelete: true, DenyPurge: true, MaxAge: time.Hour}); err != nil {
		t.Fatal(err)
	}
	if _, err := bus.Open(t.Context(), nc); !errors.Is(err, bus.ErrSettings) {
		t.Fatalf("got %v, want %v", err, bus.ErrSettings)
	}
}

func TestOpenAgainAndTheServerRefusesDeletion(t *testing.T) {
	ns := bustest.Start(t, &server.Options{DontListen: true})
	nc, err := nats.Connect("", nats.InProcessServer(ns))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	for range 2 {
		b, err := bus.Open(t.Context(), nc)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Publish(t.Context(), bus.OrderSubject(street), "1", nil); err != nil {
			t.Fatal(err)
		}
	}
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	s, err := js.Stream(t.Context(), "ORDER")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteMsg(t.Context(), 1); err == nil {
		t.Error("delete: got no error, want a refusal")
	}
	if err := s.Purge(t.Context()); err == nil {
		t.Error("purge: got no error, want a refusal")
	}
	if info, err := s.Info(t.Context()); err != nil || info.State.Msgs != 1 {
		t.Errorf("got %+v, %v, want 1 message", info, err)
	}
}

func TestLive(t *testing.T) {
	b := bustest.Open(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	listening := make(chan error, 1)
	got := make(chan string, 1)
	go func() {
		listening <- b.FollowLive(ctx, bus.LiveSubject(street, "*"), func(subject string, data []byte) error {
			got <- subject + " " + string(data)
			cancel()
			return nil
		})
	}()
	for want := "zone.street.live.home-01-grid 42"; ; { // live values before the listener is there are lost, so repeat
		if err := b.SendLive(bus.LiveSubject(street, "home-01-grid"), []byte("42")); err != nil {
			t.Fatal(err)
		}
		select {
		case value := <-got:
			if value != want {
				t.Errorf("got %q, want %q", value, want)
			}
			if err := <-listening; !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want %v", err, context.Canceled)
			}
			return
		case <-time.After(time.Millisecond):
		}
	}
}

func BenchmarkReplay(b *testing.B) {
	bu, ctx := bustest.Open(b), b.Context()
	for i := range 5000 {
		if _, err := bu.Append(ctx, bus.MarketSubject(street), uint64(i), make([]byte, 200)); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := bu.Replay(ctx, bus.MarketSubject(street), 1, func(bus.Message) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(5000*float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
