package chain

import (
	"context"
	"fmt"
)

// Adopt has a Chain that deployed nothing know the contracts somebody else did. It returns ErrOtherChain where there are
// none at these addresses, or the database knows others.
func (c *Chain) Adopt(ctx context.Context, contracts Contracts) error {
	code, err := c.client.CodeAt(ctx, contracts.Hub, nil)
	if err != nil {
		return unreachable("contract code", err)
	}
	if len(code) == 0 {
		return fmt.Errorf("no hub at %s: %w", contracts.Hub, ErrOtherChain)
	}
	if err := c.record(ctx, contracts); err != nil {
		return err
	}
	if known, err := c.known(ctx); err != nil || known != contracts {
		return fmt.Errorf("the database has the hub at %s, not %s: %w", known.Hub, contracts.Hub, ErrOtherChain)
	}
	return nil
}
