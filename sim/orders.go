package sim

import (
	"math"
	"time"
)

// orders are what a controller has written into the models 123 and 124 of a home's inverter. They act from the step
// after the write until they revert. A home that was commanded is no longer a function of the seed alone.
type orders struct {
	storage orderRegisters // model 124
	output  orderRegisters // model 123; its discharge is not used
	list    []order
}

// orderRegisters are the registers as they were written, and the end of what they command in Unix milliseconds.
type orderRegisters struct {
	charge, discharge uint16 // percent
	revert            uint16 // s; 0: never
	mode              uint16
	until             int64
}

// order is what holds from a step on. Limits are percent of the rated power.
type order struct {
	step                      int64
	charge, discharge, output int64
	storageUntil, outputUntil int64 // steps
}

const (
	chargeLimited    = 1 // StorCtl_Mod, model 124
	dischargeLimited = 2
)

// at is the order that holds in a step: 100 % where none does.
func (o *orders) at(step int64) order {
	now := order{charge: 100, discharge: 100, output: 100}
	for i := len(o.list) - 1; i >= 0; i-- {
		if l := o.list[i]; l.step <= step {
			if step < l.storageUntil {
				now.charge, now.discharge = l.charge, l.discharge
			}
			if step < l.outputUntil {
				now.output = l.output
			}
			break
		}
	}
	return now
}

// Where the writable registers lie, from the head of their blocks.
var (
	storageWritable = map[string]func(*orderRegisters) *uint16{
		"StorCtl_Mod": func(r *orderRegisters) *uint16 { return &r.mode }, "InWRte": func(r *orderRegisters) *uint16 { return &r.charge },
		"OutWRte": func(r *orderRegisters) *uint16 { return &r.discharge }, "InOutWRte_RvrtTms": func(r *orderRegisters) *uint16 { return &r.revert },
	}
	outputWritable = map[string]func(*orderRegisters) *uint16{
		"WMaxLim_Ena": func(r *orderRegisters) *uint16 { return &r.mode }, "WMaxLimPct": func(r *orderRegisters) *uint16 { return &r.charge },
		"WMaxLimPct_RvrtTms": func(r *orderRegisters) *uint16 { return &r.revert },
	}
)

// The blocks of an inverter's map, from Base: common, inverter, nameplate, controls, storage.
var (
	controlsAt = 2 + model1.size + model103.size + model120.size
	storageAt  = controlsAt + model123.size
)

// write takes registers of a unit, each of them or none, and returns 0 or an exception code.
func (h *Home) write(unit byte, first int, values []uint16, t time.Time) byte {
	if unit != InverterUnit || h.Inverter == 0 {
		return illegalAddress
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	ms := max(t.UnixMilli(), h.start)
	storage, output := h.orders.shown(ms)
	for i, v := range values {
		code := takeOrder(&output, model123, outputWritable, first+i-controlsAt, v)
		if code == illegalAddress && h.Capacity > 0 {
			code = takeOrder(&storage, model124, storageWritable, first+i-storageAt, v)
		}
		if code != 0 {
			return code
		}
	}
	step := (ms-h.start)/stepLength + 1
	h.reach(step) // the past is what it was
	storage.until, output.until = storage.end(ms), output.end(ms)
	h.orders.storage, h.orders.output = storage, output
	next := order{step: step, charge: 100, discharge: 100, output: int64(output.charge), storageUntil: h.step(storage.until), outputUntil: h.step(output.until)}
	if storage.mode&chargeLimited != 0 {
		next.charge = int64(storage.charge)
	}
	if storage.mode&dischargeLimited != 0 {
		next.discharge = int64(storage.discharge)
	}
	h.orders.list = append(h.orders.list, next)
	return 0
}

// takeOrder puts a value into the register that lies offset registers into the block of a model.
func takeOrder(r *orderRegisters, m *model, writable map[string]func(*orderRegisters) *uint16, offset int, v uint16) byte {
	for name, field := range writable {
		if m.find[name].offset != offset {
			continue
		}
		to := field(r)
		if to == &r.charge && v > 100 || to == &r.discharge && v > 100 || to == &r.mode && v > chargeLimited|dischargeLimited {
			return illegalValue
		}
		*to = v
		return 0
	}
	return illegalAddress
}

// end is when what is in force reverts, in Unix milliseconds.
func (r orderRegisters) end(ms int64) int64 {
	switch {
	case r.mode == 0:
		return ms
	case r.revert == 0:
		return math.MaxInt64
	}
	return ms + int64(r.revert)*1000
}

// step is the first step that begins at an instant or later.
func (h *Home) step(ms int64) int64 {
	if ms == math.MaxInt64 {
		return ms
	}
	return (ms - h.start + stepLength - 1) / stepLength
}

// shown is what the registers say at an instant: normal once they have reverted.
func (o *orders) shown(ms int64) (storage, output orderRegisters) {
	return o.storage.shown(ms), o.output.shown(ms)
}

func (r orderRegisters) shown(ms int64) orderRegisters {
	if r == (orderRegisters{}) || r.mode != 0 && ms >= r.until {
		return orderRegisters{charge: 100, discharge: 100, revert: r.revert}
	}
	return r
}
