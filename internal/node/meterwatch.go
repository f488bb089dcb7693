package node

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/wattle/wattle/meter"
)

// MeterWatchConfig says what to watch.
type MeterWatchConfig struct {
	DeviceConfig
	Every time.Duration
	Count int // readings until it ends; 0 goes on
}

// MeterWatch shows live values of a device until ctx is done: in a terminal in place, elsewhere line by line.
func MeterWatch(ctx context.Context, c MeterWatchConfig, stdout io.Writer) error {
	if c.Every <= 0 || c.Count < 0 {
		return fmt.Errorf("--every %s, --count %d: use more than 0: %w", c.Every, c.Count, ErrConfig)
	}
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.link.Close() // only reads were sent
	next := time.NewTicker(c.Every)
	defer next.Stop()
	back := ""
	for n := 1; ; n++ {
		call, cancel := context.WithTimeout(ctx, c.Timeout)
		s, err := d.snapshot(call)
		cancel()
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && n == 1 {
			return d.explain(err) // nothing to watch
		}
		text := watched(s, err)
		if _, err := io.WriteString(stdout, back+time.Now().UTC().Format(time.TimeOnly)+"  "+text+"\n"); err != nil {
			return err
		}
		if terminal(stdout) {
			back = "\x1b[1A\x1b[2K" // one line up, and empty it
		}
		if n == c.Count {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-next.C:
		}
	}
}

// watched is a line of live values; what the device does not say is left out.
func watched(s meter.Snapshot, err error) string {
	if err != nil {
		return "no answer: " + err.Error()
	}
	var said []string
	add := func(name string, value fmt.Stringer, known bool) {
		if known {
			said = append(said, name+" "+value.String())
		}
	}
	add("grid", s.Grid, s.Grid != nil)
	add("solar", s.Solar, s.Solar != nil)
	add("battery", s.Battery, s.Battery != nil)
	if s.Charge != nil {
		said = append(said, fmt.Sprintf("charge %d.%d %%", *s.Charge/10, *s.Charge%10))
	}
	add("import", s.Import, s.Import != nil)
	add("export", s.Export, s.Export != nil)
	add("production", s.Production, s.Production != nil)
	if s.Frequency != 0 {
		said = append(said, meter.Number{Units: int64(s.Frequency), Exponent: -3}.String()+" Hz")
	}
	if s.Voltage != 0 {
		said = append(said, meter.Number{Units: int64(s.Voltage), Exponent: -3}.String()+" V")
	}
	if len(said) == 0 {
		return "the device answers, but says no value"
	}
	return strings.Join(said, "  ")
}

// terminal reports whether w shows to a person.
func terminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
