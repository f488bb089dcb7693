package modbus

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The frames cut from a stream are the stream, however it arrives, and an answer that passes the check has the
// length that was asked for.
func FuzzFrames(f *testing.F) {
	good := frame(1, 1, readHolding, []byte{4, 0, 1, 0, 2})
	f.Add(append(good, good...), byte(3))
	f.Add(frame(1, 1, readHolding|exceptionBit, []byte{2}), byte(1))
	f.Add([]byte{0, 1, 0, 0, 0, 0, 1}, byte(7))
	request := []byte{1, readHolding, 0, 100, 0, 2}
	f.Fuzz(func(t *testing.T, stream []byte, piece byte) {
		in := frames{source: &pieces{bytes.NewReader(stream), int(piece)%maxFrameSize + 1}, shortest: shortestAnswer}
		var got []byte
		for {
			next, err := in.next()
			if err != nil {
				if !errors.Is(err, ErrProtocol) && err != io.EOF {
					t.Fatalf("got %v, want %v or the end", err, ErrProtocol)
				}
				break
			}
			got = append(got, next...)
			body := next[prefixSize:]
			if checkAnswer(request, body) == nil && functionOf(body) == readHolding && len(dataOf(body)) != 1+2*2 {
				t.Fatalf("accepted % x as two registers", next)
			}
		}
		if !bytes.HasPrefix(stream, got) {
			t.Fatalf("frames % x are not the beginning of % x", got, stream)
		}
	})
}

// pieces reads at most n bytes at a time.
type pieces struct {
	source io.Reader
	n      int
}

func (p *pieces) Read(b []byte) (int, error) { return p.source.Read(b[:min(len(b), p.n)]) }

// Frames of MODBUS over Serial Line V1.02, section 6.2.2 and common descriptions of the protocol.
func TestCRC(t *testing.T) {
	for _, text := range []string{"0207" + "4112", "010300000002" + "c40b", "110306ae415652434049ad"} {
		frame, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		body := frame[:len(frame)-crcSize]
		if got := appendRTU(nil, body); !bytes.Equal(got, frame) {
			t.Errorf("got %x, want %x", got, frame)
		}
	}
}

// The table agrees with the shift register it was made from.
func TestCRCNaively(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		want := uint16(0xFFFF)
		for _, c := range b {
			want ^= uint16(c)
			for range 8 {
				if want&1 != 0 {
					want = want>>1 ^ 0xA001
				} else {
					want >>= 1
				}
			}
		}
		if got := crc16(b); got != want {
			t.Fatalf("got %04x, want %04x", got, want)
		}
	})
}

// A stream of anything gives an error or the answer that its own checksum vouches for, never a panic.
func FuzzRTU(f *testing.F) {
	f.Add(appendRTU(nil, []byte{1, readHolding, 4, 0, 1, 0, 2}), byte(2))
	f.Add(appendRTU(nil, []byte{1, readHolding | exceptionBit, 2}), byte(1))
	f.Add([]byte{1, 3, 255}, byte(9))
	request := []byte{1, readHolding, 0, 100, 0, 2}
	f.Fuzz(func(t *testing.T, input []byte, piece byte) {
		r := &rtu{guard: &guard{stream: script{&pieces{bytes.NewReader(input), int(piece)%maxRTUFrame + 1}}}}
		for {
			frame, err := r.next()
			if err != nil {
				return
			}
			body := frame[:len(frame)-crcSize]
			if !bytes.Equal(appendRTU(nil, body), frame) {
				t.Fatalf("accepted % x", frame)
			}
			if checkAnswer(request, body) == nil && functionOf(body) == readHolding && len(body) != 3+4 {
				t.Fatalf("accepted % x as two registers", frame)
			}
		}
	})
}

// script is a stream that only says something.
type script struct{ io.Reader }

func (script) Write(b []byte) (int, error) { return len(b), nil }
func (script) Close() error                { return nil }
func (script) SetDeadline(time.Time) error { return nil }

// A server answers whatever a client sends with a frame or an exception.
func FuzzServer(f *testing.F) {
	f.Add([]byte{1, readHolding, 0, 1, 0, 2})
	f.Add([]byte{1, writeMultiple, 0, 1, 0, 1, 2, 0, 7})
	f.Fuzz(func(t *testing.T, body []byte) {
		if len(body) < 2 || len(body) > maxBody {
			return
		}
		answer := refusalOf(checkRequest(body), body)
		if answer == nil {
			answer = Image{1: 7, 2: 8}.Answer(context.Background(), body)
		}
		if len(answer) < shortestAnswer || len(answer) > maxBody || functionOf(answer)&^exceptionBit != functionOf(body)&^exceptionBit {
			t.Fatalf("% x answered % x", body, answer)
		}
	})
}

// Plan against its naive twin: every wanted register lies in exactly one request, whole runs in one, none too long, none
// reaching over a gap wider than allowed.
func TestPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit, gap := rapid.Uint16Range(2, 125).Draw(t, "limit"), rapid.Uint16Range(0, 40).Draw(t, "gap")
		var wanted []Span
		next := uint16(0)
		for range rapid.IntRange(0, 30).Draw(t, "runs") {
			next += rapid.Uint16Range(0, 60).Draw(t, "skip")
			s := Span{next, rapid.Uint16Range(1, min(8, limit)).Draw(t, "count")}
			wanted, next = append(wanted, s), next+s.Count
		}
		plan := Plan(wanted, limit, gap)
		for i, p := range plan {
			if p.Count > limit || i > 0 && int(p.Address) < plan[i-1].end() {
				t.Fatalf("%v: too long or overlapping", plan)
			}
			last := int(p.Address)
			for _, w := range wanted {
				if int(w.Address) >= int(p.Address) && w.end() <= p.end() {
					if int(w.Address)-last > int(gap) {
						t.Fatalf("%v for %v bridges more than %d", plan, wanted, gap)
					}
					last = w.end()
				}
			}
			if last != p.end() {
				t.Fatalf("%v for %v reads what nobody wants", plan, wanted)
			}
		}
		for _, w := range wanted {
			if n := len(slices.Collect(func(yield func(Span) bool) {
				for _, p := range plan {
					if w.Address >= p.Address && w.end() <= p.end() && !yield(p) {
						return
					}
				}
			})); n != 1 {
				t.Fatalf("%v lies in %d of %v, want 1", w, n, plan)
			}
		}
		if len(plan) > naiveRequests(wanted, limit, gap) {
			t.Fatalf("%d requests, fewer are possible: %v for %v", len(plan), plan, wanted)
		}
	})
}

// naiveRequests is the fewest requests for runs in ascending order, by trying every cut.
func naiveRequests(wanted []Span, limit, gap uint16) int {
	best := make([]int, len(wanted)+1)
	for i := len(wanted) - 1; i >= 0; i-- {
		best[i] = 1 + best[i+1]
		for j := i + 1; j < len(wanted) && int(wanted[j].Address)-wanted[j-1].end() <= int(gap) &&
			wanted[j].end()-int(wanted[i].Address) <= int(limit); j++ {
			best[i] = min(best[i], 1+best[j+1])
		}
	}
	return best[0]
}
