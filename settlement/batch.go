package settlement

import (
	"fmt"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

// State is how far the settlement of an interval has come.
type State uint8

const (
	// Traded: the gate is closed, the trades are known.
	Traded State = iota + 1
	// Attested: a quorum of oracles signed the metered energy.
	Attested
	// Posted: deliveries and postings are in the ledger.
	Posted
	// Minted: the report is on chain and the exported energy is minted.
	Minted
	// Final: the chain will not take it back.
	Final
)

// String is the state as the ledger stores it.
func (s State) String() string {
	return [...]string{"", "traded", "attested", "posted", "minted", "final"}[s]
}

// ParseState reads what String prints.
func ParseState(text string) (State, error) {
	for s := Traded; s <= Final; s++ {
		if s.String() == text {
			return s, nil
		}
	}
	return 0, fmt.Errorf("batch state %q: %w", text, ErrCase)
}

// ErrState is returned for a step that a batch's state does not allow.
var ErrState = problem.New(problem.Conflict, "the batch is not in the state for this step")

// MintRecord is where the chain holds a report.
type MintRecord struct {
	Transaction [32]byte
	Block       uint64
}

// Batch is one settlement on its way through its states. Attestation is set from Attested on, Delivered from Posted on,
// Mint from Minted on.
type Batch struct {
	Key         Key
	State       State
	Attestation oracle.Attestation
	Delivered   energy.WattHours
	Mint        MintRecord
	Announced   bool // told to whoever follows the settlement log; only in Final
}

// The names under which the ledger keeps how far settlement has read the logs.
const (
	MarketReader = "clerk/market"
	AttestReader = "clerk/attest"
)
