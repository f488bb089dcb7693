package sunspec

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wattle/wattle/meter/modbus"
)

// WriteMultipleRegisters makes registers a Writer.
func (r registers) WriteMultipleRegisters(_ context.Context, address uint16, values []uint16) error {
	for i, v := range values {
		if _, ok := r[address+uint16(i)]; !ok {
			return &modbus.Exception{Function: 16, Code: 2}
		}
		r[address+uint16(i)] = v
	}
	return nil
}

// hybrid has a battery with percentages in hundredths, and an inverter that can be limited.
func hybrid(t *testing.T, limit uint16) registers {
	r := device(40000, 103, limit, 124)
	for _, p := range []struct {
		model uint16
		name  string
		words []uint16
	}{
		{124, "InWRte", []uint16{10000}}, {124, "OutWRte", []uint16{10000}}, {124, "InOutWRte_RvrtTms", []uint16{0}}, {124, "StorCtl_Mod", []uint16{0}},
		{124, "InOutWRte_SF", []uint16{0xFFFE}},
		{limit, "WMaxLimPct", []uint16{100}}, {limit, "WMaxLimPct_SF", []uint16{0}},
	} {
		r.set(t, p.model, p.name, p.words...)
	}
	if limit == 704 {
		for _, name := range []string{"WMaxLimPctEna", "WMaxLimPctEnaRvrt"} {
			r.set(t, 704, name, 0)
		}
		r.set(t, 704, "WMaxLimPctRvrtTms", 0, 0)
	} else {
		r.set(t, 123, "WMaxLim_Ena", 0)
		r.set(t, 123, "WMaxLimPct_RvrtTms", 0)
	}
	return r
}

func shown(t *testing.T, r Reader) string {
	t.Helper()
	d, err := Read(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, m := range d.Models {
		switch m.ID {
		case 124:
			text += fmt.Sprint("in ", m.Find("InWRte").Value, " out ", m.Find("OutWRte").Value, " mode ", m.Find("StorCtl_Mod").Value, " revert ", m.Find("InOutWRte_RvrtTms").Value)
		case 123:
			text += fmt.Sprint("limit ", m.Find("WMaxLimPct").Value, " on ", m.Find("WMaxLim_Ena").Value, " revert ", m.Find("WMaxLimPct_RvrtTms").Value, " ")
		case 704:
			text += fmt.Sprint("limit ", m.Find("WMaxLimPct").Value, " on ", m.Find("WMaxLimPctEna").Value, " revert ", m.Find("WMaxLimPctRvrtTms").Value, " ")
		}
	}
	return text
}

func control(t *testing.T, w Writer) *Control {
	t.Helper()
	chain, err := Discover(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewControl(chain, w, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func permille(v int32) *int32 { return &v }

func TestCommandsAreWrittenScaledAndRevert(t *testing.T) {
	for _, model := range []uint16{123, 704} {
		r := hybrid(t, model)
		c := control(t, r)
		for _, step := range []struct {
			command Command
			want    string
		}{
			{Command{Discharge: permille(0)}, "limit 100 on 0 revert 0 in 100 out 0 mode 2 revert 60"},
			{Command{Charge: permille(255), Output: permille(600)}, "limit 60 on 1 revert 60 in 25.5 out 100 mode 1 revert 60"},
			{Command{}, "limit 100 on 0 revert 60 in 100 out 100 mode 0 revert 60"},
		} {
			if err := c.Set(t.Context(), step.command); err != nil {
				t.Fatalf("model %d: %v", model, err)
			}
			if got := shown(t, r); got != step.want {
				t.Errorf("model %d:\ngot  %s\nwant %s", model, got, step.want)
			}
		}
	}
}

func TestCommandsThatCannotBeInForce(t *testing.T) {
	r := hybrid(t, 123)
	before := shown(t, r)
	c := control(t, r)
	for _, v := range []int32{-1, 1001} {
		if err := c.Set(t.Context(), Command{Charge: permille(v)}); !errors.Is(err, ErrCommand) {
			t.Errorf("%d: got %v, want %v", v, err, ErrCommand)
		}
	}
	if got := shown(t, r); got != before {
		t.Errorf("a refused command changed %s to %s", before, got)
	}
	if err := control(t, device(40000, 103)).Set(t.Context(), Command{Charge: permille(0)}); !errors.Is(err, ErrCannot) {
		t.Errorf("without a battery: got %v, want %v", err, ErrCannot)
	}
	r.set(t, 124, "InOutWRte_RvrtTms", 0xFFFF)
	if err := c.Set(t.Context(), Command{Charge: permille(0)}); !errors.Is(err, ErrCannot) {
		t.Errorf("without a revert timer: got %v, want %v", err, ErrCannot)
	}
	if err := control(t, device(40000, 103, 123, 124)).Normal(t.Context()); err != nil {
		t.Errorf("normal on a device that has no control: %v", err)
	}
	for _, revert := range []time.Duration{0, time.Second, 90 * time.Hour, 4500 * time.Millisecond} {
		if _, err := NewControl(Chain{}, r, revert); !errors.Is(err, ErrCommand) {
			t.Errorf("revert %s: got %v, want %v", revert, err, ErrCommand)
		}
	}
}

// deaf takes writes and does nothing.
type deaf struct{ registers }

func (deaf) WriteMultipleRegisters(context.Context, uint16, []uint16) error { return nil }

func TestCommandIsReadBack(t *testing.T) {
	if err := control(t, deaf{hybrid(t, 123)}).Set(t.Context(), Command{Charge: permille(0)}); !errors.Is(err, ErrNotTaken) {
		t.Errorf("got %v, want %v", err, ErrNotTaken)
	}
}

// counted says how often it was written.
type counted struct {
	registers
	writes int
}

func (c *counted) WriteMultipleRegisters(ctx context.Context, address uint16, values []uint16) error {
	c.writes++
	return c.registers.WriteMultipleRegisters(ctx, address, values)
}

// A command is refreshed at half its life, and normal restored at the end.
func TestRunRefreshesAndRestores(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &counted{registers: hybrid(t, 123)}
		c := control(t, r)
		ctx, stop := context.WithCancel(t.Context())
		commands, done := make(chan Command), make(chan error)
		go func() { done <- c.Run(ctx, commands, func(err error) { t.Error(err) }) }()
		commands <- Command{Discharge: permille(0)}
		synctest.Wait()
		time.Sleep(10*time.Minute + time.Second)
		synctest.Wait()
		if got, want := r.writes, 21*3; got != want {
			t.Errorf("writes in ten minutes: got %d, want %d: one refresh each 30 s", got, want)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if got, want := shown(t, r.registers), "limit 100 on 0 revert 0 in 100 out 100 mode 0 revert 60"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}
