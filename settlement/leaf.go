package settlement

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
	"github.com/wattle/wattle/oracle"
)

// Address is an account on the chain.
type Address [20]byte

// BalanceLeaf is what a settlement root says about one account: all it may ever have claimed and withdrawn.
type BalanceLeaf struct {
	Zone     energy.Zone
	Account  Account // a member's, or an institution's
	Payout   Address // the only one to which claims pay; zero while it is not known, and then nobody can claim
	Energy   energy.WattHours
	Released energy.Money // withdrawn or free to be; it never falls
	Balance  energy.Money // the rest, collateral included, >= 0
}

const leafDomain = "wattle/balance/1"

// BalanceLeafSize is the length of an encoded balance leaf in bytes.
const BalanceLeafSize = len(leafDomain) + 32 + 1 + 32 + 20 + 8 + 8 + 8

// ErrMalformed is returned for bytes that are not what they should be.
var ErrMalformed = problem.New(problem.Invalid, "malformed")

// AppendBalanceLeaf appends the leaf's bytes: domain 16, zone 32, kind 1, member 32 (zeros for institutions), payout 20,
// energy 8, released 8, balance 8, big-endian. The contract reads the same layout.
func AppendBalanceLeaf(b []byte, l BalanceLeaf) []byte {
	zone, owner := l.Zone.Bytes(), l.Account.Owner.Bytes()
	b = append(b, leafDomain...)
	b = append(b, zone[:]...)
	b = append(b, byte(l.Account.Kind))
	b = append(b, owner[:]...)
	b = append(b, l.Payout[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(l.Energy))
	b = binary.BigEndian.AppendUint64(b, uint64(l.Released))
	return binary.BigEndian.AppendUint64(b, uint64(l.Balance))
}

// DecodeBalanceLeaf reads what AppendBalanceLeaf wrote.
func DecodeBalanceLeaf(b []byte) (BalanceLeaf, error) {
	if len(b) != BalanceLeafSize || string(b[:len(leafDomain)]) != leafDomain {
		return BalanceLeaf{}, fmt.Errorf("balance leaf of %d bytes, want %d: %w", len(b), BalanceLeafSize, ErrMalformed)
	}
	zone, err := energy.DecodeName([32]byte(b[16:48]))
	if err != nil {
		return BalanceLeaf{}, fmt.Errorf("balance leaf zone: %w", ErrMalformed)
	}
	account, err := decodeAccount(b[48:81])
	if err != nil {
		return BalanceLeaf{}, err
	}
	l := BalanceLeaf{
		Zone: energy.Zone(zone), Account: account, Payout: Address(b[81:101]), Energy: energy.WattHours(binary.BigEndian.Uint64(b[101:])),
		Released: energy.Money(binary.BigEndian.Uint64(b[109:])), Balance: energy.Money(binary.BigEndian.Uint64(b[117:])),
	}
	if l.Energy < 0 || l.Released < 0 || l.Balance < 0 {
		return BalanceLeaf{}, fmt.Errorf("balance leaf of %s: %w", account.Owner, ErrMalformed)
	}
	return l, nil
}

// Hash is the leaf's place in the tree.
func (l BalanceLeaf) Hash() oracle.Hash { return oracle.LeafHash(AppendBalanceLeaf(nil, l)) }

// decodeAccount reads kind 1 and member 32 of an account that has a leaf.
func decodeAccount(b []byte) (Account, error) {
	a := Account{Kind: AccountKind(b[0])}
	if [32]byte(b[1:33]) != [32]byte{} {
		name, err := energy.DecodeName([32]byte(b[1:33]))
		if err != nil {
			return Account{}, fmt.Errorf("member of a balance: %w", ErrMalformed)
		}
		a.Owner = energy.Member(name)
	}
	if leaf, ok := leafOf(a); !ok || leaf != a {
		return Account{}, fmt.Errorf("account kind %d of %q has no leaf: %w", b[0], a.Owner, ErrMalformed)
	}
	return a, nil
}

// leafOf is the account in whose leaf the money or energy of a is shown. A member's collateral is the member's. What is
// minted and what was deposited are other sides, which have no leaf.
func leafOf(a Account) (Account, bool) {
	switch a.Kind {
	case MemberAccount, CollateralAccount:
		return Account{MemberAccount, a.Owner}, a.Owner != ""
	case SupplierAccount, NetworkAccount, PlatformAccount, LevyAccount, TaxAccount:
		return a, a.Owner == ""
	}
	return Account{}, false
}

// compareAccounts is the order of the leaves.
func compareAccounts(a, b Account) int {
	if a.Kind != b.Kind {
		return int(a.Kind) - int(b.Kind)
	}
	return strings.Compare(string(a.Owner), string(b.Owner))
}
