package node

import (
	"context"
	"fmt"
	"time"

	"github.com/wattle/wattle/oracle/ocr"
	"github.com/wattle/wattle/web"
)

const (
	healthEvery = 2 * time.Second  // wall time between two looks
	healthLimit = time.Second      // wall time an engine may take to answer
	oracleQuiet = 30 * time.Second // wall time after which an oracle that takes part in no round counts as stopped
)

// reporter is an oracle of this process or of its own.
type reporter interface{ Status() ocr.Status }

// watch tells the page how the parts of the street do, until ctx is done.
func (s *street) watch(ctx context.Context, oracles []reporter) error {
	tick := time.NewTicker(healthEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			s.page.Health(s.oracleHealth(oracles), s.marketHealth(), s.settlementHealth(ctx), s.engineHealth(ctx, "Database", s.db.Ping),
				s.engineHealth(ctx, "Chain", func(ctx context.Context) error { _, err := s.eth.BlockNumber(ctx); return err }))
		}
	}
}

// oracleHealth counts the oracles that take part: with f stopped the group still attests, with more it does not.
func (s *street) oracleHealth(nodes []reporter) web.Part {
	quiet := s.clock.scale(oracleQuiet)
	running := 0
	for _, n := range nodes {
		if status := n.Status(); s.clock.Now().Sub(status.At) < quiet {
			running++
		}
	}
	part := web.Part{Name: "Oracles", State: web.OK}
	if running < len(nodes) {
		part.State = web.Degraded
		part.Detail = fmt.Sprintf("%d of %d take part", running, len(nodes))
	}
	if running < len(nodes)-oracleFaulty {
		part.State = web.Down
		part.Detail += "; nothing is attested until more are back"
	}
	return part
}

// marketHealth says whether orders are taken: not while the log of orders does not acknowledge them.
func (s *street) marketHealth() web.Part {
	if err := s.market.Trouble(); err != nil {
		return web.Part{Name: "Market", State: web.Down, Detail: "takes no orders: send them again later, with the same ids"}
	}
	return web.Part{Name: "Market", State: web.OK}
}

// settlementHealth names a batch that stays where it is, and why.
func (s *street) settlementHealth(ctx context.Context) web.Part {
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	problems, err := s.ledger.Problems(ctx, 1)
	if err != nil || len(problems) == 0 { // a database that does not answer has a part of its own
		return web.Part{Name: "Settlement", State: web.OK}
	}
	return web.Part{Name: "Settlement", State: web.Degraded, Detail: fmt.Sprintf("%s: %s", problems[0].Key, problems[0].Reason)}
}

func (s *street) engineHealth(ctx context.Context, name string, ask func(context.Context) error) web.Part {
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	if err := ask(ctx); err != nil {
		return web.Part{Name: name, State: web.Down, Detail: "does not answer"}
	}
	return web.Part{Name: name, State: web.OK}
}
