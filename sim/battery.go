package sim

// battery has an inverter of its own and is controlled for self-consumption: it takes what the roof has left over and
// gives what the home lacks, and never exchanges energy with the grid. Charge is in milliwatt-seconds (1 W for 1 ms).
type battery struct {
	capacity int64 // 0: there is none
	reserve  int64 // charge that is never given
	limit    int64 // W, in either direction
}

// oneWay is what one direction leaves, in 1/1000; both leave 0.959² = 92 %. The losses arise in the cells: the power at
// the terminals is the power the home sees.
const oneWay = 959

// dispatch is the power for the next step in W, > 0 discharging, that charge can bear to the step's end.
func (b battery) dispatch(surplus, charge int64) int64 {
	if surplus > 0 {
		room := (b.capacity - charge) / (stepLength * oneWay / 1000)
		return -min(surplus, b.limit, room)
	}
	return min(-surplus, b.limit, (charge-b.reserve)*oneWay/(stepLength*1000))
}

// move is the charge after ms of power, and what was lost on the way.
func (b battery) move(charge, power, ms int64) (after, lost int64) {
	if power < 0 {
		in := -power * ms
		kept := in * oneWay / 1000
		return charge + kept, in - kept
	}
	out := power * ms
	taken := (out*1000 + oneWay - 1) / oneWay
	return charge - taken, taken - out
}
