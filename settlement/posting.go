package settlement

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/wattle/wattle/energy"
)

// AccountKind says whose account it is.
type AccountKind uint8

const (
	// MemberAccount belongs to a member.
	MemberAccount AccountKind = iota + 1
	// SupplierAccount is the residual supplier's.
	SupplierAccount
	// NetworkAccount is the network operator's.
	NetworkAccount
	// IssuanceAccount is the other side of every minted Wh: its negative balance is the token supply.
	IssuanceAccount
	// PlatformAccount receives what the operator of the market charges.
	PlatformAccount
	// LevyAccount receives levies, for whoever raises them.
	LevyAccount
	// TaxAccount receives value added tax.
	TaxAccount
	// EscrowAccount is the other side of deposits and withdrawals: its negative balance is what lies in escrow.
	EscrowAccount
	// CollateralAccount is a member's money that is held for open orders.
	CollateralAccount
)

var accountKinds = []string{"", "member", "supplier", "network", "issuance", "platform", "levy", "tax", "escrow", "collateral"}

// String is the kind as the ledger stores it.
func (k AccountKind) String() string { return accountKinds[k] }

// ParseAccountKind reads what String prints; 0 for anything else.
func ParseAccountKind(text string) AccountKind {
	return AccountKind(max(0, slices.Index(accountKinds, text)))
}

// Account holds one asset; Owner is empty but for members and their collateral.
type Account struct {
	Kind  AccountKind
	Owner energy.Member
}

// Asset is what an account holds.
type Asset uint8

const (
	// MoneyAsset is counted in 1e-9 of the currency unit.
	MoneyAsset Asset = iota + 1
	// EnergyAsset is counted in Wh: what is minted as tokens.
	EnergyAsset
)

var assets = []string{"", "money", "energy"}

// String is the asset as the ledger stores it.
func (a Asset) String() string { return assets[a] }

// ParseAsset reads what String prints; 0 for anything else.
func ParseAsset(text string) Asset { return Asset(max(0, slices.Index(assets, text))) }

// Holding is an account of one asset.
type Holding struct {
	Account Account
	Asset   Asset
}

// Leg says why something is posted.
type Leg uint8

const (
	// TradePayment: the buyer pays the seller for a trade, in full.
	TradePayment Leg = iota + 1
	// ResidualImport: a member buys what was imported beyond, or not exported of, the position.
	ResidualImport
	// ResidualExport: a member sells what was exported beyond, or not imported of, the position.
	ResidualExport
	// NetworkCharge: for the use of the whole network, by an imported kWh that was not bought from a neighbour.
	NetworkCharge
	// Mint: attested export becomes energy on the member's account.
	Mint
	// Delivery: energy goes from seller to buyer, as provenance says.
	Delivery
	// Deposit: money that came into escrow becomes a member's.
	Deposit
	// Withdrawal: a member's money is released, for good, to be paid out of escrow.
	Withdrawal
	// Hold: a member's money becomes collateral for orders.
	Hold
	// Release: collateral becomes the member's to spend again.
	Release
	// LocalNetwork: for the use of the network between neighbours, by an imported kWh that was bought from one.
	LocalNetwork
	// NetworkShortfall: a seller who did not deliver pays what the energy from afar costs more.
	NetworkShortfall
	// LevyCharge: levies on an imported kWh.
	LevyCharge
	// PlatformFee: for a trade.
	PlatformFee
	// MarkupCharge: for what failed of a position beyond the band.
	MarkupCharge
	// VATOnTrade: the tax on TradePayment.
	VATOnTrade
	// VATOnResidualImport: the tax on ResidualImport.
	VATOnResidualImport
	// VATOnResidualExport: the tax on ResidualExport.
	VATOnResidualExport
	// VATOnNetwork: the tax on all charges for the network.
	VATOnNetwork
	// VATOnLevy: the tax on LevyCharge.
	VATOnLevy
	// VATOnFee: the tax on PlatformFee.
	VATOnFee
	// VATOnMarkup: the tax on MarkupCharge.
	VATOnMarkup
)

var legs = []string{"", "trade", "residual-import", "residual-export", "network", "mint", "delivery", "deposit", "withdrawal", "hold", "release",
	"network-local", "network-shortfall", "levy", "fee", "markup",
	"vat-trade", "vat-residual-import", "vat-residual-export", "vat-network", "vat-levy", "vat-fee", "vat-markup"}

// taxed are the legs that have a rate of VAT, in the order of the legs from VATOnTrade on.
var taxed = []Leg{TradePayment, ResidualImport, ResidualExport, NetworkCharge, LevyCharge, PlatformFee, MarkupCharge}

// String is the leg as the ledger stores it.
func (l Leg) String() string { return legs[l] }

// ParseLeg reads what String prints; 0 for anything else.
func ParseLeg(text string) Leg { return Leg(max(0, slices.Index(legs, text))) }

// TaxedAs is the leg whose rate of VAT holds for l: every charge for the network is taxed alike. It is 0 for what is
// not taxed.
func (l Leg) TaxedAs() Leg {
	switch {
	case l == LocalNetwork || l == NetworkShortfall:
		return NetworkCharge
	case slices.Contains(taxed, l):
		return l
	}
	return 0
}

// VAT is the leg of the tax on l, which must be taxed.
func (l Leg) VAT() Leg { return VATOnTrade + Leg(slices.Index(taxed, l.TaxedAs())) }

// Posting moves Amount > 0 of an asset from one account to another. Within an interval every asset sums to zero by
// construction: there is no posting with one side.
type Posting struct {
	ID     [32]byte // digest of (zone, interval, run, leg, subject): the same cause has the same ID
	From   Account
	To     Account
	Asset  Asset
	Leg    Leg
	Rate   int32            // of a tax, 1e-6 of the amount taxed; 0 in what is no tax
	Amount int64            // 1e-9 currency units or Wh
	Energy energy.WattHours // what is paid for or moved
}

const postingDomain = "wattle/posting/1"

// postingID is SHA-256 over domain, zone, interval, run, leg and subject.
func postingID(k Key, leg Leg, of subject) [32]byte {
	zone := k.Zone.Bytes()
	b := append(make([]byte, 0, 128), postingDomain...)
	b = append(b, zone[:]...)
	b, _ = k.Interval.AppendBinary(b) // never fails
	b = binary.BigEndian.AppendUint32(b, k.Run)
	b = append(b, byte(leg))
	return sha256.Sum256(of.append(b))
}
