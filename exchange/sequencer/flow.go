package sequencer

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/internal/bus"
)

// applyAhead bounds the batches that are applied and not published yet: beyond it applying waits, and with it writing.
const applyAhead = 4

// pace is the wall time from the beginning of a batch to that of the next at least. On a disk that syncs faster, batches of
// one order or two would keep the processors busy with syncing, and those who wait for answers waiting.
const pace = 500 * time.Microsecond

// batch is an entry of the order log on its way through the market.
type batch struct {
	requests []request // who waits for it; nobody in a replay
	commands []exchange.Command
	end      chain // of the order log with it
}

// applied is what became of a batch, on its way to the market log.
type applied struct {
	outcome
	replayed   bool        // nobody else has the outcome
	checkpoint *checkpoint // of the market behind it, if it is time for one
}

// flow moves the batches that source hands over through the market: while one is being made durable, the one before is
// applied and answered, the one before that is published, and now and then a checkpoint is saved. Source ends early when
// its context is done, which is when another part has failed; what it handed over is applied and answered in any case.
// published is the end of the market log: up to there messages are compared instead of written.
func (s *Sequencer) flow(ctx context.Context, w *writer, published chain, source func(context.Context, chan<- batch) error) error {
	group, failing := errgroup.WithContext(ctx)
	durable, done, saves := make(chan batch, 1), make(chan applied, applyAhead), make(chan checkpoint, 1)
	deaf := make(chan struct{}) // closed when nothing more is published
	group.Go(func() error {
		defer close(durable)
		return source(failing, durable)
	})
	group.Go(func() error {
		defer close(done)
		s.applyAll(w, durable, done, deaf)
		return nil
	})
	group.Go(func() error {
		defer close(deaf)
		defer close(saves)
		return w.publishAll(context.WithoutCancel(ctx), published, done, saves)
	})
	group.Go(func() error {
		for c := range saves {
			s.save(failing, c)
			w.saving.Store(false)
		}
		return nil
	})
	return group.Wait()
}

// applyAll applies batches, answers them, and passes on their events as long as somebody publishes them.
func (s *Sequencer) applyAll(w *writer, durable <-chan batch, done chan<- applied, deaf <-chan struct{}) {
	for b := range durable {
		out := applied{replayed: b.requests == nil}
		if out.replayed {
			out.outcome = w.apply(b.commands, w.memory())
		} else {
			out.outcome = w.apply(b.commands, outcome{events: make([]exchange.Event, 0, 2*len(b.commands)), ends: make([]int, 0, len(b.commands))})
			s.publishGates(w.market)
			answerAll(b.requests, out.each())
		}
		if s.config.Checkpoint > 0 && w.market.Sequence()-w.saved >= uint64(s.config.Checkpoint) && w.saving.CompareAndSwap(false, true) {
			w.saved = w.market.Sequence()
			out.checkpoint = &checkpoint{rules: w.digest, batch: b.end, commands: w.saved, time: b.commands[len(b.commands)-1].Time, state: w.market.AppendSnapshot(nil)}
		}
		select {
		case done <- out:
		case <-deaf:
		}
	}
}

// answerAll divides the events of a batch among those who wait for them.
func answerAll(requests []request, events [][]exchange.Event) {
	for _, r := range requests {
		n := len(r.commands)
		r.reply <- reply{events: events[:n:n]}
		events = events[n:]
	}
}

// memory is an empty outcome, in the memory of one that a replay is done with.
func (w *writer) memory() outcome {
	select {
	case o := <-w.free:
		return outcome{events: o.events[:0], ends: o.ends[:0]}
	default:
		return outcome{}
	}
}

// publishAll publishes the events of batches, and passes on checkpoints when the market log is as far as they are.
func (w *writer) publishAll(ctx context.Context, published chain, done <-chan applied, saves chan<- checkpoint) error {
	for a := range done {
		for _, m := range a.messages() {
			if err := w.tell(ctx, m, published); err != nil {
				return err
			}
		}
		if a.checkpoint != nil {
			a.checkpoint.message = w.message
			saves <- *a.checkpoint // has room: there is one at a time
		}
		if a.replayed {
			select {
			case w.free <- a.outcome:
			default: // there is enough
			}
		}
	}
	return nil
}

// save keeps a checkpoint. Without one a restart only takes longer.
func (s *Sequencer) save(ctx context.Context, c checkpoint) {
	zone := s.config.Rules.Zone
	err := s.config.Bus.SaveCheckpoint(ctx, zone, c.batch.number, checkpointsKept, encodeCheckpoint(c))
	if err != nil {
		s.config.Log.LogAttrs(ctx, slog.LevelWarn, "checkpoint not saved", slog.String("zone", string(zone)), slog.String("problem", err.Error()))
	}
}

func (s *Sequencer) publishGates(m *exchange.Market) {
	newest, _ := m.Newest()
	expiry, _ := m.NextExpiry()
	s.gates.Store(&Gates{Open: m.Open(), Newest: newest, Expiry: expiry})
}

// write gathers requests into batches and makes each durable, until ctx is done or another part has failed. A batch once
// begun is finished, and so is the request held for the next; the bus bounds how long that takes.
func (s *Sequencer) write(ctx context.Context, w *writer, requests <-chan request, durable chan<- batch) error {
	next := time.NewTimer(0)
	defer next.Stop()
	var held *request // did not fit the batch before
	for {
		var b batch
		if held != nil {
			b.requests, held = append(b.requests, *held), nil
		} else {
			select {
			case <-ctx.Done():
				return nil
			case r := <-requests:
				b.requests = append(b.requests, r)
			}
		}
		<-next.C
		next.Reset(pace)
		b.requests, held = s.gather(b.requests, requests)
		if err := s.commit(context.WithoutCancel(ctx), w, &b); err != nil {
			if held != nil {
				held.reply <- reply{err: ErrNotRunning}
			}
			return err
		}
		b.end = w.batch
		durable <- b
	}
}

// gather adds to a batch the requests that came since the one before, as far as they fit: the one that does not is held
// for the next batch, since a request is never divided. A batch does not wait for more than that: under load they come by
// themselves. It only lets those go first who are about to send.
func (s *Sequencer) gather(b []request, requests <-chan request) (full []request, held *request) {
	count, yielded := len(b[0].commands), 0
	for count < s.config.MaxBatch {
		select {
		case r := <-requests:
			count += len(r.commands)
			if count > exchange.MaxBatch {
				return b, &r
			}
			b, yielded = append(b, r), 0
		default:
			if yielded++; yielded > 2 {
				return b, nil
			}
			runtime.Gosched()
		}
	}
	return b, nil
}

// commit stamps the commands of a batch and makes it durable, or tells those who wait for it that it did not.
func (s *Sequencer) commit(ctx context.Context, w *writer, b *batch) error {
	for _, r := range b.requests {
		b.commands = append(b.commands, r.commands...)
	}
	at := max(s.config.Now().UnixMilli(), w.time)
	for i := range b.commands {
		b.commands[i].Time = at
	}
	err := w.appendBatch(ctx, b.commands)
	if err == nil {
		return nil
	}
	refusal := ErrUnconfirmed
	if errors.Is(err, bus.ErrFenced) {
		refusal = ErrNotRunning // the log refused it: nothing was written
	}
	for _, r := range b.requests {
		r.reply <- reply{err: refusal}
	}
	return err
}
