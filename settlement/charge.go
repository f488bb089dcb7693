package settlement

import "github.com/wattle/wattle/energy"

// The accounts that a zone has one of.
var (
	supplier = Account{Kind: SupplierAccount}
	network  = Account{Kind: NetworkAccount}
	issuance = Account{Kind: IssuanceAccount}
	platform = Account{Kind: PlatformAccount}
	levy     = Account{Kind: LevyAccount}
	tax      = Account{Kind: TaxAccount}
)

// lines are all that a settlement says.
func (s *settler) lines() (all []line) {
	s.say(func(l line) { all = append(all, l) })
	return all
}

// say tells every line of the settlement, in an order that depends on nothing but the case.
func (s *settler) say(tell func(line)) {
	for _, n := range s.ascending {
		p := &s.parties[n]
		tell(line{Mint, EnergyAsset, subject{member: p.member}, issuance, member(p.member), int64(p.attested.generated), p.attested.generated})
	}
	pay := func(leg Leg, of subject, from, to Account, amount energy.Money, e energy.WattHours) {
		l := line{leg, MoneyAsset, of, from, to, int64(amount), e}
		if amount != 0 {
			tell(l)
			s.tax(l, tell)
		}
	}
	far := s.sayTrades(tell, pay)
	t := s.tariff
	for _, n := range s.ascending {
		p := &s.parties[n]
		m, of, b := member(p.member), subject{member: p.member}, p.imbalance()
		pay(ResidualImport, of, m, supplier, t.Import.Cost(b.Import), b.Import)
		pay(ResidualExport, of, supplier, m, t.Export.Cost(b.Export), b.Export)
		markup, failed := p.markup(t)
		pay(MarkupCharge, of, m, supplier, markup, failed)
		pay(NetworkCharge, of, m, network, t.Network.Cost(far[n]), far[n])
		pay(LevyCharge, of, m, levy, t.Levy.Cost(p.metered.load), p.metered.load)
	}
}

// sayTrades tells the lines of the trades, and returns what each party imported without having bought it.
//
// A buyer's import is taken for that of the own trades in log order, and so is a seller's export: what anybody pays
// depends on the own trades and the own meter alone. The buyer keeps the near price though the seller did not export;
// then the energy came from afar, and it is the seller who pays the difference.
func (s *settler) sayTrades(tell func(line), pay func(Leg, subject, Account, Account, energy.Money, energy.WattHours)) []energy.WattHours {
	used, given := make([]energy.WattHours, len(s.parties)), make([]energy.WattHours, len(s.parties)) // not yet taken for a trade
	for n := range s.parties {
		used[n], given[n] = s.parties[n].metered.load, s.parties[n].metered.generated
	}
	t := s.tariff
	for i := range s.trades {
		trade, b, g := &s.trades[i], s.buyer[i], s.seller[i]
		of, buyer, seller, cost := ofTrade(trade), member(trade.Buyer), member(trade.Seller), trade.Price.Cost(trade.Quantity)
		pay(TradePayment, of, buyer, seller, cost, trade.Quantity)
		tell(line{Delivery, EnergyAsset, of, seller, buyer, int64(s.Deliveries[i].Quantity), s.Deliveries[i].Quantity})
		pay(PlatformFee, of, buyer, platform, t.Fee.Cost(trade.Quantity)+part(t.FeeShare, max(cost, -cost)), trade.Quantity)
		if s.class == nil {
			continue
		}
		near := t.class(s.class[i])
		took, gave := min(trade.Quantity, used[b]), min(trade.Quantity, given[g])
		used[b] -= took
		given[g] -= gave
		pay(LocalNetwork, of, buyer, network, near.Cost(took), took)
		pay(NetworkShortfall, of, seller, network, (t.Network - near).Cost(gave.Short(trade.Quantity)), gave.Short(trade.Quantity))
	}
	return used
}

// tax tells the VAT on a line: whoever receives money and is liable adds it, whoever pays bears it.
func (s *settler) tax(l line, tell func(line)) {
	if s.tariff.VAT == nil {
		return
	}
	of, payer, receiver, amount := l.subject, l.from, l.to, energy.Money(l.amount)
	of.taxed, of.rate = l.leg, s.tariff.VAT[l.leg.TaxedAs()]
	if amount < 0 {
		of.reversed, payer, receiver, amount = true, l.to, l.from, -amount
	}
	if receiver.Kind == MemberAccount && !s.liable[receiver.Owner] {
		return
	}
	if vat := part(of.rate, amount); vat != 0 {
		tell(line{l.leg.VAT(), MoneyAsset, of, payer, tax, int64(vat), l.energy})
	}
}
