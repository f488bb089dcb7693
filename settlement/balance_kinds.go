package settlement

// The kinds of accounts that other packages post to.
const (
	platformAccount AccountKind = iota + 5
	levyAccount
	taxAccount
	escrowAccount
	collateralAccount
)
