package settlement

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/wattle/wattle/energy"
)

// Trades is the allocation as trades at one price, for Settle: everybody buys the cover and sells what was given, so that
// the rest is residual. Nobody trades with oneself: what only the member's own export could cover stays residual, too.
//
// Who is paired with whom is fixed by the names: covers and givings, each ascending by member, are laid side by side. A
// pair has the same sequence number in every run, and no number of the market's, which stay below 2^63.
func (a Allocation) Trades(price energy.Price) []Trade {
	pairs := a.pairs()
	trades := make([]Trade, 0, len(pairs))
	for _, p := range pairs {
		if p.buyer != p.seller {
			trades = append(trades, Trade{Sequence: pairSequence(p.buyer, p.seller), Buyer: p.buyer, Seller: p.seller,
				Quantity: p.quantity, Price: price})
		}
	}
	return trades
}

type pair struct {
	buyer, seller energy.Member
	quantity      energy.WattHours
}

// pairs has each pair once.
func (a Allocation) pairs() []pair {
	var pairs []pair
	seller, left := -1, energy.WattHours(0)
	for _, s := range a.Shares {
		for cover := s.Cover; cover > 0; {
			for left == 0 {
				seller++
				left = a.Shares[seller].Given
			}
			moved := min(cover, left)
			pairs = append(pairs, pair{s.Member, a.Shares[seller].Member, moved})
			cover, left = cover-moved, left-moved
		}
	}
	return merged(untangled(pairs))
}

// untangled exchanges sellers, so that as little as possible is left to pairs of a member with itself.
func untangled(pairs []pair) []pair {
	for i := 0; i < len(pairs); i++ {
		for j := 0; j < len(pairs) && pairs[i].buyer == pairs[i].seller && pairs[i].quantity > 0; j++ {
			own, other := &pairs[i], &pairs[j]
			if moved := min(own.quantity, other.quantity); moved > 0 && other.buyer != own.buyer && other.seller != own.buyer {
				own.quantity -= moved
				other.quantity -= moved
				pairs = append(pairs, pair{own.buyer, other.seller, moved}, pair{other.buyer, own.seller, moved})
			}
		}
	}
	return pairs
}

// merged adds up what the same two have in common.
func merged(pairs []pair) []pair {
	type names struct{ buyer, seller energy.Member }
	place := map[names]int{}
	var out []pair
	for _, p := range pairs {
		at, known := place[names{p.buyer, p.seller}]
		switch {
		case p.quantity == 0:
		case known:
			out[at].quantity += p.quantity
		default:
			place[names{p.buyer, p.seller}] = len(out)
			out = append(out, p)
		}
	}
	return out
}

// pairSequence is the first eight bytes of SHA-256 over buyer and seller, with the highest bit set.
func pairSequence(buyer, seller energy.Member) uint64 {
	b, s := buyer.Bytes(), seller.Bytes()
	digest := sha256.Sum256(append(b[:], s[:]...))
	return binary.BigEndian.Uint64(digest[:]) | 1<<63
}
