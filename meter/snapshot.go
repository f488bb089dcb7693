package meter

import "github.com/wattle/wattle/energy"

// Snapshot is what the devices behind one unit say at one moment. Nil and 0 as documented mean that they do not say.
type Snapshot struct {
	// Cumulative registers of a meter at the connection point.
	Import *energy.WattHours // OBIS 1.8.0, from the grid
	Export *energy.WattHours // OBIS 2.8.0, into the grid
	// Production is what an inverter has ever fed out. Inverters that wake up say 0 until they remember, so 0 is not a
	// value.
	Production *energy.WattHours
	// Cumulative registers of a battery.
	Charged    *energy.WattHours // into it
	Discharged *energy.WattHours // out of it

	Grid    *energy.Watts // of the meter, > 0 import
	Solar   *energy.Watts // AC power of the inverter, with that of a battery on its DC side; >= 0
	Battery *energy.Watts // > 0 discharging
	Charge  *int32        // state of charge in 1/1000

	Frequency uint32 // mHz, of the meter or else the inverter; 0 unknown
	Voltage   uint32 // mV of phase A to neutral, of the meter or else the inverter; 0 unknown

	Frames []byte // the device's raw answers, in the order they were read
}
