package chain_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/meter"
	"github.com/wattle/wattle/oracle"
)

var rewrite = flag.Bool("rewrite", false, "write the files under testdata anew")

const vectorFile = "testdata/report.json"

// vector is one attestation as both sides of the contract see it; the contract's own tests read the same file.
type vector struct {
	Report       hexutil.Bytes    `json:"report"`
	ConfigDigest common.Hash      `json:"config_digest"`
	Sequence     uint64           `json:"sequence"`
	SigningHash  common.Hash      `json:"signing_hash"`
	Signatures   hexutil.Bytes    `json:"signatures"`
	Signers      []common.Address `json:"signers"`
	Faulty       uint8            `json:"faulty"`
	Start        int64            `json:"start"`
	ExportWh     int64            `json:"export_wh"`
	Leaves       []hexutil.Bytes  `json:"leaves"`
	Proofs       [][]common.Hash  `json:"proofs"`
}

// TestVector keeps the bytes that cross from Go to Solidity: report, hash, signatures, leaves and proofs.
func TestVector(t *testing.T) {
	got, err := json.MarshalIndent(makeVector(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *rewrite {
		if err := os.WriteFile(vectorFile, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nwant\n%s", vectorFile, got, want)
	}
}

func makeVector(t *testing.T) vector {
	interval, err := energy.NewInterval(1_781_769_600, energy.FifteenMinutes) // 2026-06-18T08:00Z
	if err != nil {
		t.Fatal(err)
	}
	var leaves []oracle.Leaf
	for i, m := range []energy.Meter{"home-01-grid", "home-02-grid", "home-03-grid", "home-04-grid", "home-05-grid"} {
		leaves = append(leaves, oracle.Leaf{
			Meter: m, Import: energy.WattHours(100 * i), Export: energy.WattHours(1000 - 17*i), Since: interval.StartUnix(),
			Quality: meter.Measured, Reading: meter.Digest(crypto.Keccak256([]byte(m))),
		})
	}
	report, err := oracle.NewReport("street", interval, 0, leaves)
	if err != nil {
		t.Fatal(err)
	}
	a := oracle.Attestation{Report: report, ConfigDigest: [32]byte{0, 0x0e, 0xd1}, Sequence: 1<<40 + 7, Leaves: leaves}
	hash := a.SigningHash()
	v := vector{
		Report: oracle.AppendReport(nil, report), ConfigDigest: a.ConfigDigest, Sequence: a.Sequence, SigningHash: common.Hash(hash),
		Faulty: 1, Start: interval.StartUnix(), ExportWh: int64(report.Export),
	}
	for i := byte(1); i <= 4; i++ {
		key, err := crypto.ToECDSA(bytes.Repeat([]byte{i}, 32))
		if err != nil {
			t.Fatal(err)
		}
		v.Signers = append(v.Signers, crypto.PubkeyToAddress(key.PublicKey))
		signature, err := crypto.Sign(hash[:], key)
		if err != nil {
			t.Fatal(err)
		}
		if i == 2 || i == 4 {
			v.Signatures = append(v.Signatures, signature...)
		}
	}
	for i, l := range leaves {
		v.Leaves = append(v.Leaves, oracle.AppendLeaf(nil, l))
		proof := []common.Hash{}
		for _, sibling := range oracle.Prove(leaves, i) {
			proof = append(proof, common.Hash(sibling))
		}
		v.Proofs = append(v.Proofs, proof)
	}
	return v
}
