package oracle_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/oracle"
)

// The example that docs/protocol.md works through by hand is the one of these tests.
func TestTheProtocolsExampleIsTrue(t *testing.T) {
	text, err := os.ReadFile("../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	joined := strings.Join(strings.Fields(string(text)), "") // bytes are broken into lines and fields there
	a := attested(t)
	report := oracle.AppendReport(nil, a.Report)
	for what, b := range map[string][]byte{
		"device of home 1":      slice(homeAt(1).first().Device),
		"digest of the reading": slice(homeAt(1).first().Digest()),
		"leaf":                  oracle.AppendLeaf(nil, a.Leaves[0]),
		"hash of leaf 1":        slice(a.Leaves[0].Hash()),
		"hash of leaf 2":        slice(a.Leaves[1].Hash()),
		"hash of leaf 3":        slice(a.Leaves[2].Hash()),
		"inner node":            slice(oracle.Root(a.Leaves[:2])),
		"root":                  slice(a.Report.Root),
		"report":                report,
		"hash of the report":    crypto.Keccak256(report),
		"signing hash":          slice(a.SigningHash()),
	} {
		if !strings.Contains(joined, fmt.Sprintf("%x", b)) {
			t.Errorf("%s is not in docs/protocol.md: want %x", what, b)
		}
	}
}

func slice[H ~[32]byte](h H) []byte { return h[:] }
