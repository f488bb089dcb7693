package main

import (
	"context"
	"flag"
	"io"

	"github.com/wattle/wattle/internal/node"
)

// auditCommands check what was settled.
var auditCommands = map[string]func(context.Context, []string, io.Writer, io.Writer) error{"audit": audit}

// auditFlags are the flags of every command that looks at a street that is stopped.
func auditFlags(set *flag.FlagSet, c *node.AuditConfig) {
	set.StringVar(&c.Data, "data", defaultData(), "data directory of a street that is stopped")
	set.StringVar(&c.DatabaseURL, "database-url", "", "as given to the demo")
	set.StringVar(&c.NATSURL, "nats-url", "", "as given to the demo")
	set.StringVar(&c.ChainURL, "chain-url", "", "as given to the demo")
	set.StringVar(&c.OperatorKey, "operator-key", "", "as given to the demo")
	set.StringVar(&c.PostgresBin, "postgres-bin", "", "directory of initdb and postgres, if not where they usually are")
	set.BoolVar(&c.JSON, "json", false, "print one JSON object")
}

func audit(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.AuditConfig
	var from, to moment
	set := flag.NewFlagSet("wattle audit", flag.ContinueOnError)
	auditFlags(set, &c)
	set.StringVar(&c.Zone, "zone", "", "whose books, if not the street's")
	set.Var(&from, "from", "settle again only intervals that start at this time, RFC 3339, or later")
	set.Var(&to, "to", "and only those that start before this time")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	c.From, c.To = from.Time, to.Time
	return node.Audit(ctx, c, stdout, stderr)
}
