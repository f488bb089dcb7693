package ocr

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/smartcontractkit/libocr/commontypes"
)

func TestLoggerKeepsWhatAnOperatorNeeds(t *testing.T) {
	var out bytes.Buffer
	l := logger{slog.New(slog.NewTextHandler(&out, nil))}
	l.Trace("trace", nil)
	l.Debug("debug", nil)
	l.Info("information", nil)
	l.Warn("Dial error", commontypes.LogFields{"error": errors.New("connection refused")})
	if out.Len() != 0 {
		t.Errorf("logged %q, want nothing", out.String())
	}
	l.Warn("dropping invalid MessagePrepare", commontypes.LogFields{
		"error": errors.New("bad signature"), "sender": commontypes.OracleID(2), "seqNr": uint64(7),
		"observation": []byte("household"), "message": struct{ Readings string }{"household"}, "text": strings.Repeat("x", 1000),
	})
	l.Error("out of order", nil)
	l.Critical("very much so", nil)
	text := out.String()
	for _, want := range []string{`level=WARN msg="dropping invalid MessagePrepare" error="bad signature" sender=2 seqNr=7 text=xxx`,
		`level=ERROR msg="out of order"`, `level=ERROR msg="very much so"`} {
		if !strings.Contains(text, want) {
			t.Errorf("log %q lacks %q", text, want)
		}
	}
	if strings.Contains(text, "household") || strings.Contains(text, strings.Repeat("x", maxField+1)) {
		t.Errorf("log %q, want no structures and no long fields", text)
	}
}
