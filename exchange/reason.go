package exchange

// String is the kind as it appears in logs and scripts.
func (k EventKind) String() string {
	names := [...]string{"unknown", "opened", "closed", "accepted", "refused", "traded", "cancelled", "expired"}
	if int(k) < len(names) {
		return names[k]
	}
	return names[0]
}

// reasons are the name of each reason, which is stable, and its sentence, which may be improved.
var reasons = [...]struct{ name, sentence string }{
	NoReason:           {"none", ""},
	UnknownInterval:    {"unknown-interval", "Trading for this period has not opened yet; choose a period that is open."},
	BookIsClosed:       {"book-is-closed", "Trading for this period has closed; choose a later period."},
	BadQuantity:        {"bad-quantity", "The amount is not within what one order may carry here; enter a positive amount up to the limit of your zone."},
	PriceOutsideCollar: {"price-outside-collar", "The price is outside the range your zone allows; choose one within it."},
	PriceOffTick:       {"price-off-tick", "The price is finer than your zone's smallest price step; round it to that step."},
	DuplicateID:        {"duplicate-id", "This order had already arrived; it was not placed a second time."},
	UnknownOrder:       {"unknown-order", "You have no order with this id; there is nothing to cancel."},
	AtMembersWish:      {"at-members-wish", "You cancelled this order."},
	SelfTrade:          {"self-trade", "The rest of this order was cancelled because it would have traded with another order of your own household."},
	BadCommand:         {"bad-command", "The request was incomplete or contradicts itself; update your app and send it again with a new id."},
	AlreadyOpen:        {"already-open", "Trading for this period is open already."},
	OrderIsDone:        {"order-is-done", "Nothing is left of this order: it was filled, cancelled, expired or refused before."},
	BookIsFull:         {"book-is-full", "Too many orders are waiting for this period; try again when some of them have traded."},
}

// Valid reports whether r is a known reason.
func (r Reason) Valid() bool { return int(r) < len(reasons) }

// String is the reason's stable name, as it appears in logs and scripts.
func (r Reason) String() string {
	if !r.Valid() {
		return "unknown"
	}
	return reasons[r].name
}

// Sentence says to a homeowner what happened and what to do; it is empty for NoReason.
func (r Reason) Sentence() string {
	if !r.Valid() {
		return "The order was not taken; ask your operator why."
	}
	return reasons[r].sentence
}
