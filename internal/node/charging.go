package node

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/wattle/wattle/charging/ocmf"
)

// ChargingVerifyConfig is what ChargingVerify needs.
type ChargingVerifyConfig struct {
	Record string // file with the records of one charging transaction, one a line
	Key    string // file with the meter's public key, hexadecimal or base64
	JSON   bool
}

// verifiedRecords is what records say once their signatures are verified.
type verifiedRecords struct {
	Meter       string             `json:"meter"`
	Pages       []verifiedRecord   `json:"records"`
	Transaction *provenTransaction `json:"transaction,omitempty"` // absent: they do not hold a begin and an end
	Missing     string             `json:"no_transaction,omitempty"`
}

type verifiedRecord struct {
	Page   string `json:"page"`
	Curve  string `json:"curve"`
	Digest string `json:"digest"` // SHA-256 over the payload
}

type provenTransaction struct {
	Begin       string `json:"begin"`
	End         string `json:"end"`
	Register    string `json:"register"`
	From        string `json:"from_wh"`
	To          string `json:"to_wh"`
	Energy      int64  `json:"energy_wh"`
	TimeCertain bool   `json:"time_certain"`
}

// ChargingVerify verifies a charging station's signed records and prints what they prove.
func ChargingVerify(c ChargingVerifyConfig, stdout io.Writer) error {
	if c.Record == "" || c.Key == "" {
		return fmt.Errorf("--record and --key are needed: %w", ErrConfig)
	}
	keyText, err := os.ReadFile(c.Key)
	if err != nil {
		return err
	}
	key, err := ocmf.ParseKey(string(keyText))
	if err != nil {
		return fmt.Errorf("%s: %w", c.Key, err)
	}
	text, err := os.ReadFile(c.Record)
	if err != nil {
		return err
	}
	var out verifiedRecords
	var records []*ocmf.Record
	for i, line := range strings.Split(strings.TrimRight(string(text), "\r\n"), "\n") {
		r, err := ocmf.Parse(line)
		if err == nil {
			err = r.Accept(key)
		}
		if err != nil {
			return fmt.Errorf("%s: line %d: %w", c.Record, i+1, err)
		}
		digest := r.Digest()
		records = append(records, r)
		out.Meter = r.Meter()
		out.Pages = append(out.Pages, verifiedRecord{r.Page(), r.Curve(), hex.EncodeToString(digest[:])})
	}
	if d, err := ocmf.Pair(records...); err != nil {
		out.Missing = err.Error()
	} else {
		out.Transaction = &provenTransaction{
			Begin: d.Begin.Format(time.RFC3339), End: d.End.Format(time.RFC3339), Register: d.Register,
			From: d.From.String(), To: d.To.String(), Energy: int64(d.Energy), TimeCertain: d.TimeCertain,
		}
	}
	if c.JSON {
		return json.NewEncoder(stdout).Encode(out)
	}
	return printVerified(out, stdout)
}

func printVerified(out verifiedRecords, stdout io.Writer) error {
	var b strings.Builder
	for _, r := range out.Pages {
		fmt.Fprintf(&b, "meter %s page %s: the signature is good (%s)\n  payload %s\n", out.Meter, r.Page, r.Curve, r.Digest)
	}
	if d := out.Transaction; d != nil {
		fmt.Fprintf(&b, "register %s from %s Wh at %s to %s Wh at %s: %d Wh\n", d.Register, d.From, d.Begin, d.To, d.End, d.Energy)
		if !d.TimeCertain {
			b.WriteString("the meter's clock was not synchronised: the energy is certain, the times are not\n")
		}
	} else {
		fmt.Fprintf(&b, "no bill can rest on these records alone: %s\n", out.Missing)
	}
	_, err := io.WriteString(stdout, b.String())
	return err
}
