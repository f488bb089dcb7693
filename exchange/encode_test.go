package exchange

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wattle/wattle/energy"
)

// sampleLog is a batch of every kind of command and the message of what they caused.
func sampleLog(t testing.TB) (Batch, Message) {
	t.Helper()
	iv, err := energy.ParseInterval("2026-06-21T10:00Z/PT15M")
	if err != nil {
		t.Fatal(err)
	}
	at := iv.StartUnix() * 1000
	batch := Batch{
		Zone: "street", Rules: testRules().Digest(), Number: 3, Previous: DigestOf([]byte("the batch before")), First: 1,
		Commands: []Command{
			{Kind: OpenBook, Time: at, Interval: iv},
			{Kind: Place, Time: at + 1, Interval: iv, Member: "maria", ClientID: clientID(1), Side: Sell, Price: -12_300, Quantity: 2000},
			{Kind: Place, Time: at + 1, Interval: iv, Member: "elif", ClientID: clientID(1), Side: Buy, Price: 200_000, Quantity: 700},
			{Kind: Cancel, Time: at + 2, Member: "jonas", ClientID: clientID(9)},
			{Kind: CloseGate, Time: at + 3, Interval: iv},

			{Kind: OpenBook, Time: at + 4, Interval: iv.Next()},
			{Kind: Assign, Time: at + 4, Member: "maria", Scope: ScopeFleet, Group: 7},
			{Kind: SetCollateral, Time: at + 4, Interval: iv, Member: "elif", Amount: 2_500_000_000},
			{Kind: SetHeadroom, Time: at + 4, Interval: iv.Next(), Side: Sell, Group: 1, Quantity: 40_000},
			{Kind: Place, Time: at + 5, Interval: iv.Next(), Member: "maria", ClientID: clientID(2), Side: Sell, Price: 180_000, Quantity: 900,
				Type: PostOnly, GoodTill: at + 9, Session: 3},
			{Kind: Place, Time: at + 5, Interval: iv.Next(), Member: "elif", ClientID: clientID(2), Side: Buy, Quantity: 100, Type: AtMarket,
				SelfTrade: CancelBoth},
			{Kind: Amend, Time: at + 6, Member: "maria", ClientID: clientID(2), Price: 170_000, Quantity: 800, GoodTill: at + 8},
			{Kind: PassTime, Time: at + 8},
			{Kind: Place, Time: at + 9, Interval: iv.Next(), Member: "jonas", ClientID: clientID(3), Side: Buy, Price: 100_000, Quantity: 50},
			{Kind: CancelAll, Time: at + 9, Member: "jonas", Scope: ScopeSession, Session: 4},
			{Kind: Halt, Time: at + 9, Scope: ScopeFleet, Group: 7},
			{Kind: Resume, Time: at + 9, Scope: ScopePlatform},
			{Kind: Place, Time: at + 9, Interval: iv.Next(), Member: "elif", ClientID: clientID(4), Side: Sell, Price: 200_000, Quantity: 70, GoodTill: at + 99},
		},
	}
	message := Message{Zone: "street", Number: 4, Previous: DigestOf([]byte("the message before"))}
	m := NewMarket(testRules())
	for _, c := range batch.Commands {
		message.Events = append(message.Events, m.Apply(c)...)
	}
	return batch, message
}

// TestGolden fixes the bytes: logs written today are read for ever.
func TestGolden(t *testing.T) {
	batch, message := sampleLog(t)
	for name, got := range map[string][]byte{
		"batch": AppendBatch(nil, batch), "message": AppendMessage(nil, message), "snapshot": sampleMarket(t).AppendSnapshot(nil),
	} {
		file := filepath.Join("testdata", name+".hex")
		if *rewrite {
			if err := os.WriteFile(file, []byte(lines(got)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if lines(got) != string(want) {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", name, lines(got), want)
		}
	}
}

// sampleMarket is the market that the sample log leads to.
func sampleMarket(t testing.TB) *Market {
	batch, _ := sampleLog(t)
	m := NewMarket(testRules())
	for _, c := range batch.Commands {
		m.Apply(c)
	}
	return m
}

// lines prints bytes in hexadecimal, 32 in a line.
func lines(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		n := min(32, len(b))
		out.WriteString(hex.EncodeToString(b[:n]) + "\n")
		b = b[n:]
	}
	return out.String()
}

func TestDecodeReadsWhatAppendWrote(t *testing.T) {
	wantBatch, wantMessage := sampleLog(t)
	batch, err := DecodeBatch(AppendBatch(nil, wantBatch))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := AppendBatch(nil, batch), AppendBatch(nil, wantBatch); !bytes.Equal(got, want) || batch.Commands[1] != wantBatch.Commands[1] {
		t.Errorf("got %+v, want %+v", batch, wantBatch)
	}
	events, err := DecodeMarketMessage(AppendMessage(nil, wantMessage))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range wantMessage.Events {
		if events[i] != want {
			t.Errorf("event %d: got %+v, want %+v", i, events[i], want)
		}
	}
	if got, want := len(AppendCommand(nil, Command{})), CommandSize; got != want {
		t.Errorf("a command takes %d bytes, want %d", got, want)
	}
	if got, want := len(AppendEvent(nil, Event{})), EventSize; got != want {
		t.Errorf("an event takes %d bytes, want %d", got, want)
	}
}

func TestDecodersRefuse(t *testing.T) {
	goodBatch, goodMessage := sampleLog(t)
	for name, spoil := range map[string]func(*Batch){
		"number 0":   func(b *Batch) { b.Number = 0 },
		"first 0":    func(b *Batch) { b.First = 0 },
		"empty":      func(b *Batch) { b.Commands = nil },
		"too many":   func(b *Batch) { b.Commands = make([]Command, MaxBatch+1) },
		"no zone":    func(b *Batch) { b.Zone = "" },
		"kind 0":     func(b *Batch) { b.Commands[0].Kind = 0 },
		"kind 13":    func(b *Batch) { b.Commands[0].Kind = PassTime + 1 },
		"type 5":     func(b *Batch) { b.Commands[1].Type = PostOnly + 1 },
		"self 4":     func(b *Batch) { b.Commands[1].SelfTrade = CancelBoth + 1 },
		"scope 8":    func(b *Batch) { b.Commands[1].Scope = ScopeFeeder + 1 },
		"group":      func(b *Batch) { b.Commands[1].Group = MaxGroup + 1 },
		"till -1":    func(b *Batch) { b.Commands[1].GoodTill = -1 },
		"side 3":     func(b *Batch) { b.Commands[1].Side = 3 },
		"bad member": func(b *Batch) { b.Commands[1].Member = "Maria" },
		"back":       func(b *Batch) { b.Commands[1].Time = b.Commands[2].Time + 1 },
		"before":     func(b *Batch) { b.Commands[0].Time = -1 },
	} {
		batch := goodBatch
		batch.Commands = append([]Command(nil), goodBatch.Commands...)
		spoil(&batch)
		if _, err := DecodeBatch(AppendBatch(nil, batch)); !errors.Is(err, ErrMalformed) {
			t.Errorf("batch %s: got %v, want ErrMalformed", name, err)
		}
	}
	for name, spoil := range map[string]func(*Message){
		"number 0":   func(m *Message) { m.Number = 0 },
		"empty":      func(m *Message) { m.Events = nil },
		"hole":       func(m *Message) { m.Events = append(m.Events[:1:1], m.Events[2:]...) },
		"tail":       func(m *Message) { m.Events = m.Events[3:] },
		"kind 0":     func(m *Message) { m.Events[0].Kind = 0 },
		"reason 99":  func(m *Message) { m.Events[0].Reason = 99 },
		"bad member": func(m *Message) { m.Events[1].Member = "Maria" },
		"negative":   func(m *Message) { m.Events[1].Rest = -1 },
	} {
		message := goodMessage
		message.Events = append([]Event(nil), goodMessage.Events...)
		spoil(&message)
		if _, err := DecodeMarketMessage(AppendMessage(nil, message)); !errors.Is(err, ErrMalformed) {
			t.Errorf("message %s: got %v, want ErrMalformed", name, err)
		}
	}
}

func FuzzDecodeBatch(f *testing.F) {
	batch, _ := sampleLog(f)
	f.Add(AppendBatch(nil, batch))
	f.Add([]byte(batchDomain))
	f.Fuzz(func(t *testing.T, data []byte) {
		batch, err := DecodeBatch(data)
		if err != nil {
			return
		}
		if got := AppendBatch(nil, batch); !bytes.Equal(got, data) {
			t.Fatalf("a batch has two encodings:\n%x\n%x", data, got)
		}
		m, v := NewMarket(testRules()), NewView(10)
		for _, c := range batch.Commands {
			for _, e := range m.Apply(c) {
				again, err := DecodeEvent(AppendEvent(nil, e))
				if err != nil || again != e {
					t.Fatalf("event %+v reads back as %+v, %v", e, again, err)
				}
				if err := v.Fold(e); err != nil {
					t.Fatal(err)
				}
			}
		}
		checkInvariants(t, m)
		checkView(t, m, v)
		throughSnapshot(t, m)
	})
}

// FuzzRestore: bytes either are no snapshot, or give a sound market whose snapshot they are.
func FuzzRestore(f *testing.F) {
	f.Add(sampleMarket(f).AppendSnapshot(nil))
	f.Add(NewMarket(testRules()).AppendSnapshot(nil))
	f.Add(lively(f, testRules()).AppendSnapshot(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Restore(testRules(), data)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatalf("got %v, want ErrMalformed", err)
			}
			return
		}
		if got := m.AppendSnapshot(nil); !bytes.Equal(got, data) {
			t.Fatal("a market has two snapshots")
		}
		checkInvariants(t, m)
		traffic := newTraffic(1)
		for range 200 {
			c := traffic.next()
			c.Time += m.Time()
			m.Apply(c)
		}
		checkInvariants(t, m)
	})
}

func TestRestoreRefuses(t *testing.T) {
	good := sampleMarket(t).AppendSnapshot(nil)
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x80
		if m, err := Restore(testRules(), bad); err == nil {
			checkInvariants(t, m) // another state, but a possible one
		} else if !errors.Is(err, ErrMalformed) {
			t.Fatalf("byte %d: got %v, want ErrMalformed", i, err)
		}
		if _, err := Restore(testRules(), good[:i]); !errors.Is(err, ErrMalformed) {
			t.Fatalf("cut at %d: got %v, want ErrMalformed", i, err)
		}
	}
	other := testRules()
	other.Tick = 1
	if _, err := Restore(other, good); !errors.Is(err, ErrMalformed) {
		t.Errorf("other rules: got %v, want ErrMalformed", err)
	}
}

func FuzzDecodeMarketMessage(f *testing.F) {
	_, message := sampleLog(f)
	f.Add(AppendMessage(nil, message))
	f.Add([]byte(messageDomain))
	f.Fuzz(func(t *testing.T, data []byte) {
		message, err := DecodeMessage(data)
		if err != nil {
			return
		}
		if got := AppendMessage(nil, message); !bytes.Equal(got, data) {
			t.Fatalf("a message has two encodings:\n%x\n%x", data, got)
		}
		v := NewView(10)
		for _, e := range message.Events {
			if v.Fold(e) != nil { // events that no market emits must not break the view
				return
			}
		}
		for _, iv := range v.Known() {
			v.Book(iv)
		}
	})
}
