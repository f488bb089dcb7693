package ocr

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"github.com/smartcontractkit/libocr/commontypes"
)

// logger hands libocr's log to slog. The protocol writes about 28 debug lines per round and oracle: they are dropped
// before anything is formatted. Its information is our debug level, as none of it is a business fact.
type logger struct{ log *slog.Logger }

// harmless are warnings that say nothing an operator could act on.
var harmless = map[string]bool{
	"latency metrics service not starting, no configs provided": true, // it is not wanted
	"Dial error":                                 true, // repeated while a peer is down; the others go on
	"Error reading from connection":              true, // a peer went away
	"Error writing to connection":                true, // a peer went away
	"Closing connection, error during Handshake": true, // a peer went away in the middle of it
	"authenticatedConnectionReadLoop: unknown stream id, dropping message": true, // a peer that starts later
	"Failed to close connection":                                        true, // closed by the peer first
	"Failed to close incoming connection":                               true,
	"Failed to close outgoing connection":                               true,
	"Error while sending knock":                                         true,
	"Error while reading knock":                                         true,
	"Asked to remove connectivity with peer we don't have a stream for": true, // on every orderly stop
	"dropping MessageEpochStartRequest to non-leader":                   true, // a message crossed a change of leader
	"dropping MessageObservation to non-leader":                         true,
	"dropping MessageProposal from non-leader":                          true,
	"dropping MessageRoundStart from non-leader":                        true,
	"dropping MessageEpochStart from non-leader":                        true,
	"dropping MessageEpochStart for wrong phase":                        true,
}

func (l logger) Trace(string, commontypes.LogFields) {}
func (l logger) Debug(string, commontypes.LogFields) {}

func (l logger) Info(message string, fields commontypes.LogFields) {
	l.write(slog.LevelDebug, message, fields)
}

func (l logger) Warn(message string, fields commontypes.LogFields) {
	if harmless[message] {
		l.write(slog.LevelDebug, message, fields)
		return
	}
	l.write(slog.LevelWarn, message, fields)
}

func (l logger) Error(message string, fields commontypes.LogFields) {
	if message == "ContractTransmitter.Transmit error" { // the report is made again
		l.write(slog.LevelWarn, message, fields)
		return
	}
	if err, _ := fields["error"].(error); errors.Is(err, ErrNotRecounted) { // said once, not every round, where a person must know
		l.write(slog.LevelDebug, message, fields)
		return
	}
	l.write(slog.LevelError, message, fields)
}

func (l logger) Critical(message string, fields commontypes.LogFields) {
	l.write(slog.LevelError, message, fields)
}

func (l logger) write(level slog.Level, message string, fields commontypes.LogFields) {
	ctx := context.Background()
	if !l.log.Enabled(ctx, level) {
		return
	}
	attributes := make([]slog.Attr, 0, len(fields))
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if text, ok := printable(fields[key]); ok {
			attributes = append(attributes, slog.String(key, text))
		}
	}
	l.log.LogAttrs(ctx, level, message, attributes...) //nolint:sloglint // the messages are libocr's, and static there
}

// maxField is how much of a field is worth reading in a log.
const maxField = 200

// printable is a field as text. Fields that are structures or bytes are left out: they are messages, configurations
// and readings, which belong to households and not into a log.
func printable(value any) (string, bool) {
	var text string
	switch v := value.(type) {
	case string, bool, error, fmt.Stringer,
		int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, commontypes.OracleID, []commontypes.OracleID:
		text = fmt.Sprint(v)
	default:
		return "", false
	}
	if len(text) > maxField {
		text = text[:maxField] + "…"
	}
	return text, true
}
