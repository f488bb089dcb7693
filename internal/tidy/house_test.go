package tidy

import (
	"slices"
	"strings"
)

// The rooms of the house; ARCHITECTURE.md draws them. A room is a folder with everything below it, but the rim,
// whose rooms lie inside their nouns' folders.
var (
	// ground is known to everyone.
	ground = []string{"energy", "internal/problem"}

	// pure rooms know no clock, randomness, goroutine or I/O. Each lists what it may import besides the ground.
	pure = map[string][]string{
		"energy":           {},
		"internal/problem": {},
		"meter":            {},
		"grid":             {},
		"oracle":           {"meter"},
		"exchange":         {"grid"},
		"settlement":       {"meter", "oracle", "exchange"},
		"charging":         {"meter"},
	}

	// services stand between the pure rooms and the rim.
	services = []string{"internal/bus", "migrations"}

	// rim rooms each speak one technology and do not import each other, but for what is listed.
	rim = map[string][]string{
		"meter/modbus":         {},
		"meter/sunspec":        {"meter/modbus"},
		"meter/agent":          {"meter/modbus", "meter/sunspec"},
		"oracle/ocr":           {},
		"exchange/sequencer":   {},
		"exchange/autopilot":   {},
		"settlement/ledger":    {},
		"settlement/chain":     {},
		"settlement/clerk":     {},
		"settlement/statement": {},
		"settlement/audit":     {},
		"settlement/recount":   {},
		"charging/ocpp":        {},
		"charging/ocmf":        {},
		"charging/ocpi":        {},
		"web":                  {},
	}

	// simulation may be met by devices only: it plays the homes, not the market.
	simulation = []string{"sim"}

	// top rooms wire everything below them together.
	top = []string{"internal/node", "internal/embed"}

	// helpers are for tests: engines to test against. Only tests import them, and they may import what they start.
	helpers = []string{"internal/pgtest", "internal/bustest"}

	// doors may import everything.
	doors = []string{"cmd", "docs", "e2e"}

	// apart are rooms that neither import ours nor are imported.
	apart = []string{"internal/tidy"}
)

// room returns the room a folder belongs to, or "" where the house has none.
func room(folder string) string {
	parts := strings.Split(folder, "/")
	if len(parts) >= 2 {
		two := parts[0] + "/" + parts[1]
		if _, ok := rim[two]; ok || parts[0] == "internal" {
			return known(two)
		}
	}
	if _, ok := pure[parts[0]]; ok && len(parts) > 1 {
		return "" // a subfolder of a noun is a rim room or has no place
	}
	return known(parts[0])
}

func known(name string) string {
	_, isPure := pure[name]
	_, isRim := rim[name]
	if isPure || isRim {
		return name
	}
	for _, rooms := range [][]string{services, simulation, top, helpers, doors, apart} {
		if slices.Contains(rooms, name) {
			return name
		}
	}
	return ""
}

// mayImport says whether non-test code in one room may import another.
func mayImport(from, to string) bool {
	_, toPure := pure[to]
	below := toPure || slices.Contains(services, to)
	_, toRim := rim[to]
	switch {
	case from == to:
		return true
	case slices.Contains(apart, from), slices.Contains(apart, to), slices.Contains(doors, to), slices.Contains(helpers, to):
		return false
	case slices.Contains(doors, from):
		return true
	case slices.Contains(top, from):
		return below || toRim || slices.Contains(simulation, to) || slices.Contains(top, to)
	case slices.Contains(helpers, from):
		return below || to == "internal/embed"
	case slices.Contains(simulation, from):
		return toPure || to == "meter/modbus" || to == "meter/sunspec"
	case slices.Contains(services, from):
		return slices.Contains(ground, to)
	}
	if others, ok := rim[from]; ok {
		return below || slices.Contains(others, to)
	}
	return slices.Contains(ground, to) && from != "internal/problem" || slices.Contains(pure[from], to)
}

// testMayImport says whether test code in one room may import another.
func testMayImport(from, to string) bool {
	return mayImport(from, to) || slices.Contains(helpers, to) || to == "internal/embed"
}
