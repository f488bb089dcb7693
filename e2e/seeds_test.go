package e2e

import (
	"strconv"
	"testing"
)

// TestSeeds runs the street with other weather and other people, on all real parts.
func TestSeeds(t *testing.T) {
	t.Parallel()
	for seed := range count(t, "WATTLE_SEEDS", 1) {
		t.Run(strconv.Itoa(seed+2), func(t *testing.T) { // seed 1 is everybody else's
			t.Parallel()
			data := dataDir(t)
			conserved(t, demo(t, "--seed", strconv.Itoa(seed+2), "--intervals", "2", "--speed", "120", "--data", data))
			audit(t, data)
		})
	}
}
