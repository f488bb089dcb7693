package exchange

// String is the kind as it appears in logs and scripts.
func (k EventKind) String() string {
	names := [...]string{"unknown", "opened", "closed", "accepted", "refused", "traded", "cancelled", "expired", "amended", "swept",
		"halted", "resumed", "assigned", "collateral-set", "headroom-set", "time-passed"}
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

	UnknownZone:        {"unknown-zone", "There is no market of this name here; choose the zone you live in."},
	MisalignedInterval: {"misaligned-interval", "This is not one of the periods your zone trades; choose one from the list."},
	OffLot:             {"off-lot", "The amount is finer than your zone's smallest step; round it to that step."},
	BelowMinimum:       {"below-minimum", "The amount is smaller than the least your zone trades; enter a larger one."},
	Overflow:           {"overflow", "The number is larger than any market takes; check it for a slip of the keyboard."},
	ReusedID:           {"reused-id", "The id of this order belongs to a different one that arrived before; send it again with a new id."},
	Unfillable:         {"unfillable", "Not all of this order could be traded at once, so none of it was; try a smaller amount or another price."},
	WouldTrade:         {"would-trade", "This order was only to wait, but it would have traded at once; move its price or allow it to trade."},
	Unfilled:           {"unfilled", "This part found nobody to trade with at once and was not to wait."},
	GoodTillPassed:     {"good-till-passed", "The time until which the order was to be good is over already; choose a later one."},
	TimeReached:        {"time-reached", "The time until which this order was good is over."},

	NoCollateral:        {"no-collateral", "Your deposit does not cover what this order could cost; top it up or cancel other orders first."},
	TrimmedToCollateral: {"trimmed-to-collateral", "Your deposit covers only part of this order; that part was taken."},
	NoHeadroom:          {"no-headroom", "The power line of your street cannot carry more in this period; choose another period."},
	TrimmedToHeadroom:   {"trimmed-to-headroom", "The power line of your street can carry only part of this order in this period; that part was taken."},

	SessionEnded:   {"session-ended", "Your connection ended, and you had asked that its orders then be cancelled."},
	ByOperator:     {"by-operator", "The operator of your zone cancelled this order; your operator can tell you why."},
	MemberHalted:   {"member-halted", "Trading is stopped for your account; ask your operator why."},
	FleetHalted:    {"fleet-halted", "Trading is stopped for everyone your aggregator answers for; ask your aggregator why."},
	ZoneHalted:     {"zone-halted", "Trading is stopped in your zone; it goes on when your operator says so."},
	PlatformHalted: {"platform-halted", "Trading is stopped in all zones; it goes on when the operator says so."},
	HasOrders:      {"has-orders", "The member has orders waiting; cancel them before moving it to another group."},
	TimeWentBack:   {"time-went-back", "The request bears a time before the one the market has reached; send it again."},
	Poisoned:       {"poisoned", "The market could not carry out this request and has left everything as it was; report it to your operator."},
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
