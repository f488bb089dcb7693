package chain

import (
	"errors"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/settlement/chain/bindings/hub"
)

func FuzzReason(f *testing.F) {
	c := &Chain{hub: hub.NewHub()}
	contract := c.hub.GetABI()
	zone := energy.Zone("street").Bytes()
	packed, err := contract.Errors["AlreadyPosted"].Inputs.Pack(zone, uint64(900), uint32(0))
	if err != nil {
		f.Fatal(err)
	}
	known := append(hub.HubAlreadyPostedErrorID().Bytes()[:4], packed...)
	f.Add(known)
	f.Add(known[:40])
	f.Add(common.FromHex("08c379a0")) // Error(string) without its string
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := c.reason(data); !errors.Is(err, ErrReverted) {
			t.Errorf("%x: got %v, want ErrReverted", data, err)
		}
	})
	got := c.reason(known)
	if !errors.Is(got, ErrAlreadyPosted) || !strings.HasPrefix(got.Error(), "AlreadyPosted(zone street, start 900, run 0)") {
		f.Errorf("got %v, want AlreadyPosted of street", got)
	}
}
