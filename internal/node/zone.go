package node

import (
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/exchange"
	"github.com/wattle/wattle/settlement"
)

// The demo's one zone.
const streetZone energy.Zone = "street"

// The demo's residual supplier and network, in the order of what an Austrian household pays in 2026: 30 ct for a kWh
// from the supplier, 8 ct for a kWh fed in, 7 ct for the use of the wires.
var demoTariff = settlement.Tariff{Import: 300_000, Export: 80_000, Network: 70_000}

// The demo's tariff never changes.
var demoTariffs = settlement.Always(demoTariff)

// The market's rules: nobody can bid worse than the supplier's own prices, in steps of a hundredth of a cent, or owe more
// than the deposit covers.
func demoRules(length energy.Length) exchange.Rules {
	return exchange.Rules{Zone: streetZone, Length: length, MinPrice: demoTariff.Export, MaxPrice: demoTariff.Import, Tick: 100, MaxQuantity: 100_000,
		Collateral: exchange.Trim}
}

// horizon is how many intervals ahead books are open.
const horizon = 4

// gateLead is how long before delivery a gate closes: a fifth of the interval, three minutes in fifteen.
func gateLead(length energy.Length) time.Duration { return length.Duration() / 5 }

// readingDeadline is how long after an interval's end the oracles wait for readings: a tenth of the interval, but at
// least readingPatience of wall time, and never past the next gate.
func readingDeadline(length energy.Length, speed int) time.Duration {
	return min(max(length.Duration()/10, readingPatience*time.Duration(speed)), length.Duration()/2)
}

// readingPatience is what an agent and the network need, on a busy machine, to bring a reading to every oracle.
const readingPatience = 4 * time.Second
