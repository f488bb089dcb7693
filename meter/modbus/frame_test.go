package modbus

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// The frames cut from a stream are the stream, however it arrives, and an answer that passes the check has the
// length that was asked for.
func FuzzFrames(f *testing.F) {
	good := frame(1, 1, readHolding, []byte{4, 0, 1, 0, 2})
	f.Add(append(good, good...), byte(3))
	f.Add(frame(1, 1, readHolding|exceptionBit, []byte{2}), byte(1))
	f.Add([]byte{0, 1, 0, 0, 0, 0, 1}, byte(7))
	request := frame(1, 1, readHolding, []byte{0, 100, 0, 2})
	f.Fuzz(func(t *testing.T, stream []byte, piece byte) {
		in := frames{source: &pieces{bytes.NewReader(stream), int(piece)%maxFrameSize + 1}}
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
			if checkAnswer(request, next) == nil && functionOf(next) == readHolding && len(dataOf(next)) != 1+2*2 {
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
