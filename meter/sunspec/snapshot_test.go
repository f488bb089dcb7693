package sunspec

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/meter/modbus"
)

func snapshot(t *testing.T, r Reader) meter.Snapshot {
	t.Helper()
	chain, err := Discover(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	s, err := chain.Snapshot(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// show prints a snapshot without its frames; - is absent.
func show(s meter.Snapshot) string {
	return fmt.Sprintf("import %s export %s production %s grid %s solar %s battery %s charge %s %dmHz %dmV",
		or(s.Import), or(s.Export), or(s.Production), or(s.Grid), or(s.Solar), or(s.Battery), or(s.Charge), s.Frequency, s.Voltage)
}

func or[T energy.WattHours | energy.Watts | int32](v *T) string {
	if v == nil {
		return "-"
	}
	return fmt.Sprint(*v)
}

func wantSnapshot(t *testing.T, r Reader, want string) {
	t.Helper()
	if got := show(snapshot(t, r)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func meterDevice(t *testing.T) registers {
	r := device(40000, 203)
	r.set(t, 203, "TotWh_SF", 0)
	r.set(t, 203, "TotWhImp", 0x0001, 0x0002)
	r.set(t, 203, "TotWhExp", 0, 0)
	r.set(t, 203, "W", 0xFFFE) // -2
	r.set(t, 203, "W_SF", 2)
	r.set(t, 203, "Hz", 49987)
	r.set(t, 203, "Hz_SF", 0xFFFD)
	r.set(t, 203, "PhVphA", 2301)
	r.set(t, 203, "V_SF", 0xFFFF)
	return r
}

func TestSnapshotOfAMeter(t *testing.T) {
	r := meterDevice(t)
	// int16 49987 is negative: a frequency that does not fit is absent, not nonsense
	wantSnapshot(t, r, "import 65538Wh export 0Wh production - grid -200W solar - battery - charge - 0mHz 230100mV")
	r.set(t, 203, "Hz", 4999)
	r.set(t, 203, "Hz_SF", 0xFFFE)
	wantSnapshot(t, r, "import 65538Wh export 0Wh production - grid -200W solar - battery - charge - 49990mHz 230100mV")
}

func TestAbsentIsNeverZero(t *testing.T) {
	wantSnapshot(t, device(40000, 203, 103, 802, 124),
		"import - export - production - grid - solar - battery - charge - 0mHz 0mV")

	r := meterDevice(t)
	r.set(t, 203, "TotWhExp", 0xFFFF, 0xFFFF)
	wantSnapshot(t, r, "import 65538Wh export - production - grid -200W solar - battery - charge - 0mHz 230100mV")

	for _, factor := range []uint16{0x8000, 11, 0xFFF5} { // not implemented, 10^11, 10^-11
		r := meterDevice(t)
		r.set(t, 203, "TotWh_SF", factor)
		wantSnapshot(t, r, "import - export - production - grid -200W solar - battery - charge - 0mHz 230100mV")
	}
	r = meterDevice(t)
	r.set(t, 203, "W", 0x8000)
	wantSnapshot(t, r, "import 65538Wh export 0Wh production - grid - solar - battery - charge - 0mHz 230100mV")
}

func TestSnapshotOfAHybrid(t *testing.T) {
	r := device(40000, 103, 120, 124, 802)
	r.set(t, 103, "WH", 0, 0)
	r.set(t, 103, "WH_SF", 0xFFFF)
	r.set(t, 103, "W", 4000)
	r.set(t, 103, "W_SF", 0)
	r.set(t, 124, "ChaState", 40)
	r.set(t, 124, "ChaState_SF", 0)
	wantSnapshot(t, r, "import - export - production - grid - solar 4000W battery - charge 400 0mHz 0mV")

	r.set(t, 103, "WH", 0, 12349)
	r.set(t, 802, "SoC", 555)
	r.set(t, 802, "SoC_SF", 0xFFFF)
	r.set(t, 802, "W", 0xFA24) // -1500: charging
	r.set(t, 802, "W_SF", 0)
	wantSnapshot(t, r, "import - export - production 1234Wh grid - solar 4000W battery -1500W charge 555 0mHz 0mV")
}

func TestIntegerRegistersAreTakenBeforeFloats(t *testing.T) {
	float := func(v float32) []uint16 { b := math.Float32bits(v); return []uint16{uint16(b >> 16), uint16(b)} }
	r := device(40000, 213, 203)
	r.set(t, 213, "TotWhImp", float(1234567)...)
	r.set(t, 213, "TotWhExp", float(7654.75)...)
	r.set(t, 213, "W", float(-321.5)...)
	r.set(t, 213, "Hz", float(50.01)...)
	want := "import 1234567Wh export 7654Wh production - grid -321W solar - battery - charge - 50010mHz 0mV"
	wantSnapshot(t, r, want)
	r.set(t, 203, "TotWh_SF", 0)
	r.set(t, 203, "TotWhImp", 0, 5)
	r.set(t, 203, "TotWhExp", 0, 6)
	wantSnapshot(t, r, "import 5Wh export 6Wh production - grid - solar - battery - charge - 0mHz 0mV")

	r = device(40000, 213)
	r.set(t, 213, "TotWhImp", float(-5)...)
	r.set(t, 213, "TotWhExp", float(float32(math.NaN()))...)
	wantSnapshot(t, r, "import - export - production - grid - solar - battery - charge - 0mHz 0mV")
}

// A hole between a value and its factor leaves the value absent; a hole elsewhere costs nothing but requests.
func TestHoles(t *testing.T) {
	r := meterDevice(t)
	chain, _ := Discover(t.Context(), r)
	at := chain.Blocks[1].Address
	delete(r, at+16) // Hz, which parts PhVphA from V_SF on the way to it
	wantSnapshot(t, r, "import 65538Wh export 0Wh production - grid -200W solar - battery - charge - 0mHz 230100mV")
	delete(r, at+30) // between W_SF and TotWhExp
	wantSnapshot(t, r, "import 65538Wh export 0Wh production - grid -200W solar - battery - charge - 0mHz 230100mV")
	delete(r, at+50) // between TotWhImp and TotWh_SF
	wantSnapshot(t, r, "import - export - production - grid -200W solar - battery - charge - 0mHz 230100mV")
	delete(r, at+18) // W itself
	wantSnapshot(t, r, "import - export - production - grid - solar - battery - charge - 0mHz 230100mV")
}

func TestSnapshotNoticesThatTheChainMoved(t *testing.T) {
	r := meterDevice(t)
	chain, err := Discover(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	r.put(int(chain.Blocks[1].Address), 103)
	if _, err := chain.Snapshot(t.Context(), r); !errors.Is(err, ErrChanged) {
		t.Errorf("got %v, want %v", err, ErrChanged)
	}
}

// counting is a reader that says what it was asked.
type counting struct {
	registers
	limit uint16
	asked [][2]uint16
}

func (c *counting) Limit() uint16 { return c.limit }

func (c *counting) ReadHoldingRegisters(ctx context.Context, address, count uint16) ([]uint16, []byte, error) {
	c.asked = append(c.asked, [2]uint16{address, count})
	if count > c.limit {
		return nil, nil, &modbus.Exception{Function: 3, Code: 3}
	}
	return c.registers.ReadHoldingRegisters(ctx, address, count)
}

// Model 701 has 153 registers: it comes in several requests, and still every value is scaled by a factor that held.
func TestBlockLongerThanOneRequest(t *testing.T) {
	for _, limit := range []uint16{125, 60, 10} {
		c := &counting{registers: device(40000, 701), limit: limit}
		c.set(t, 701, "W", 1234)
		c.set(t, 701, "W_SF", 1)
		c.set(t, 701, "WL3", 411)
		c.set(t, 701, "TotWhInj", 0, 1, 0, 5)
		c.set(t, 701, "TotWh_SF", 0)
		d, err := Read(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		m := d.Models[1]
		if got := fmt.Sprint(m.Find("W").Value, m.Find("WL3").Value, m.Find("TotWhInj").Value, m.Find("Hz").Value); got != "12340 4110 4294967301 <nil>" {
			t.Errorf("limit %d: got %s", limit, got)
		}
	}
}

// A scale factor that changes while its far values are read makes them absent, never wrong.
func TestScaleFactorThatChangesBetweenRequests(t *testing.T) {
	c := &shifty{counting: counting{registers: device(40000, 701), limit: 20}}
	c.set(t, 701, "W", 1234)
	c.set(t, 701, "W_SF", 0)
	chain, err := Discover(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := lookup(701)
	scale, _ := layoutOf(chain.Blocks[1], m).find("W_SF")
	c.register = chain.Blocks[1].Address + uint16(scale.offset)
	d, err := chain.Read(t.Context(), c)
	if err != nil || d.Models[1].Find("W").Value != nil {
		t.Errorf("got %v %v, want no value", d.Models[1].Find("W").Value, err)
	}
}

// shifty changes a register whenever it is read.
type shifty struct {
	counting
	register uint16
}

func (s *shifty) ReadHoldingRegisters(ctx context.Context, address, count uint16) ([]uint16, []byte, error) {
	if s.register >= address && s.register-address < count {
		s.registers[s.register] = (s.registers[s.register] + 1) % 5
	}
	return s.counting.ReadHoldingRegisters(ctx, address, count)
}

// What a device refuses is found once, then left out for a while, then tried again.
func TestHolesAreRememberedForAWhile(t *testing.T) {
	c := &counting{registers: meterDevice(t), limit: 125}
	chain, err := Discover(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	at := chain.Blocks[1].Address
	delete(c.registers, at+16) // Hz
	snap := func() (requests int) {
		t.Helper()
		c.asked = nil
		s, err := chain.Snapshot(t.Context(), c)
		if err != nil || s.Import == nil || *s.Import != 65538 || s.Voltage != 230100 {
			t.Fatalf("got %s %v", show(s), err)
		}
		return len(c.asked)
	}
	first, second := snap(), snap()
	if second >= first || second > 3 {
		t.Errorf("requests: got %d, then %d, want fewer and at most 3", first, second)
	}
	c.put(int(at+16), 5001)
	for range patience {
		snap()
	}
	if got := snap(); got != 1 {
		t.Errorf("requests after the hole was filled: got %d, want 1", got)
	}
}

// Two batteries of strings and modules: groups that repeat as a point says, and as the block has room.
func TestRepeatingGroups(t *testing.T) {
	r := device(40000, 160, 714)
	r.set(t, 160, "DCW_SF", 0xFFFF)
	r.set(t, 160, "module[3].DCW", 4711)
	r.set(t, 714, "NPrt", 2)
	r.set(t, 714, "DCW_SF", 1)
	r.set(t, 714, "Prt[2].DCW", 0xFFFF)
	d, err := Read(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(d.Models[1].Find("module[3].DCW").Value), "471.1"; got != want {
		t.Errorf("module 3: got %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(d.Models[2].Find("Prt[2].DCW").Value), "-10"; got != want {
		t.Errorf("port 2: got %s, want %s", got, want)
	}
	if _, beyond := d.Models[2].Find("Prt[3].DCW").Value.(meter.Number); beyond {
		t.Error("a third port of two")
	}
}

// Whatever a device returns, reading it ends, and what is said lies within its documented range.
func FuzzDevice(f *testing.F) {
	f.Add([]byte{0, 203, 0, 105, 1, 2, 3}, uint16(103), uint16(20))
	f.Add([]byte{0xFF}, uint16(802), uint16(62))
	f.Fuzz(func(t *testing.T, content []byte, id, length uint16) {
		r := make(registers)
		next := r.put(40000, marker>>16, marker&0xFFFF, id, length)
		for i := 0; i+1 < len(content); i += 2 {
			if content[i] != 0xEE { // a hole
				r[uint16(next+i/2)] = uint16(content[i])<<8 | uint16(content[i+1])
			}
		}
		if _, err := Read(t.Context(), r); err != nil && !errors.Is(err, ErrNoModels) {
			t.Fatal(err)
		}
		chain, err := Discover(t.Context(), r)
		if err != nil {
			return
		}
		s, err := chain.Snapshot(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		for _, wh := range []*energy.WattHours{s.Import, s.Export, s.Production} {
			if wh != nil && *wh < 0 {
				t.Fatalf("negative register in %s", show(s))
			}
		}
		if s.Solar != nil && *s.Solar < 0 || s.Charge != nil && (*s.Charge < 0 || *s.Charge > 1000) {
			t.Fatalf("out of range: %s", show(s))
		}
	})
}
