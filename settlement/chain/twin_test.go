package chain_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/oracle"
	"github.com/wattle/wattle/settlement/chain/bindings/hub"
)

// Contract and program take the same bytes for a report: what one refuses, the other refuses.
func TestContractReadsReportsAsTheProgramDoes(t *testing.T) {
	s := newStreet(t)
	contracts, err := s.ready(t).Deploy(t.Context(), terms)
	if err != nil {
		t.Fatal(err)
	}
	valid := oracle.AppendReport(nil, s.attest(t, 0, 900, 20).Report)
	random := rand.New(rand.NewPCG(1, 2))
	accepted, refused := 0, 0
	for range 1_500 {
		b := alter(random, valid)
		_, programErr := oracle.DecodeReport(b)
		program := programErr == nil || badZone(b)
		reason := s.refusalOf(t, contracts.Hub, hub.NewHub().PackPost(b, s.digest, 1, nil))
		if contract := !strings.HasPrefix(reason, "*hub.HubReport"); contract != program {
			t.Errorf("report %x: contract says %s, program says %v", b, reason, programErr)
		}
		if program {
			accepted++
		} else {
			refused++
		}
	}
	if accepted < 100 || refused < 100 {
		t.Errorf("%d accepted, %d refused: want at least 100 each", accepted, refused)
	}
}

// alter changes the size, or up to two places of the report, of which most lie in its numbers.
func alter(random *rand.Rand, valid []byte) []byte {
	b := append([]byte(nil), valid...)
	if random.IntN(20) == 0 {
		return b[:random.IntN(len(b))]
	}
	lengths := []uint32{60, 300, 900, 1800, 3600, 0, 1, 7200}
	if random.IntN(3) == 0 {
		length := lengths[random.IntN(len(lengths))]
		b[74], b[75] = byte(length>>8), byte(length)
	}
	for range random.IntN(3) {
		at := 64 + random.IntN(len(b)-64)
		if random.IntN(8) == 0 {
			at = random.IntN(64)
		}
		b[at] ^= 1 << random.IntN(8)
	}
	return b
}

// badZone reports that only the zone's name is malformed: no such zone can be registered, so the contract need not look.
func badZone(b []byte) bool {
	if len(b) != oracle.ReportSize {
		return false
	}
	zone := energy.Zone("street").Bytes()
	repaired := append([]byte(nil), b...)
	copy(repaired[32:64], zone[:])
	_, err := oracle.DecodeReport(repaired)
	return err == nil
}

// refusalOf is the type of the error that a call reverts with.
func (s *street) refusalOf(t *testing.T, to common.Address, data []byte) string {
	t.Helper()
	_, err := s.node.CallContract(t.Context(), ethereum.CallMsg{To: &to, Data: data}, nil)
	raw, ok := ethclient.RevertErrorData(err)
	if !ok {
		t.Fatalf("got %v, want a reason", err)
	}
	reason, err := hub.NewHub().UnpackError(raw)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%T", reason)
}
