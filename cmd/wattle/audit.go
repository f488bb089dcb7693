package main

import (
	"context"
	"flag"
	"io"

	"github.com/wattle/wattle/internal/node"
)

// auditCommands check what was settled.
var auditCommands = map[string]func(context.Context, []string, io.Writer, io.Writer) error{
	"audit": audit, "export": export, "proof": proof,
}

// auditFlags are the flags of every command that looks at a street that is stopped.
func auditFlags(set *flag.FlagSet, c *node.AuditConfig) {
	set.StringVar(&c.Data, "data", defaultData(), "data directory of a street that is stopped")
	set.StringVar(&c.DatabaseURL, "database-url", "", "as given to the demo")
	set.StringVar(&c.NATSURL, "nats-url", "", "as given to the demo")
	set.StringVar(&c.ChainURL, "chain-url", "", "as given to the demo")
	set.StringVar(&c.OperatorKey, "operator-key", "", "as given to the demo")
	set.StringVar(&c.PostgresBin, "postgres-bin", "", "directory of initdb and postgres, if not where they usually are")
}

func audit(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.AuditConfig
	var from, to moment
	set := flag.NewFlagSet("wattle audit", flag.ContinueOnError)
	auditFlags(set, &c)
	set.BoolVar(&c.JSON, "json", false, "print one JSON object")
	set.StringVar(&c.Zone, "zone", "", "whose books, if not the street's")
	set.Var(&from, "from", "settle again only intervals that start at this time, RFC 3339, or later")
	set.Var(&to, "to", "and only those that start before this time")
	bundle := set.String("bundle", "", "file that wattle export wrote: audit it alone, with --chain-url and without a data directory")
	hub := set.String("hub", "", "address of the hub, with --bundle (default the bundle's)")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	if *bundle != "" {
		return node.CheckBundle(ctx, *bundle, c.ChainURL, *hub, c.JSON, stdout)
	}
	c.From, c.To = from.Time, to.Time
	return node.Audit(ctx, c, stdout, stderr)
}

func export(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.AuditConfig
	set := flag.NewFlagSet("wattle export", flag.ContinueOnError)
	auditFlags(set, &c)
	interval := set.String("interval", "", "start of the interval, RFC 3339")
	out := set.String("out", "", "file to write to (default the standard output)")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	return node.Export(ctx, c, *interval, *out, stdout, stderr)
}

func proof(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.AuditConfig
	set := flag.NewFlagSet("wattle proof", flag.ContinueOnError)
	auditFlags(set, &c)
	set.BoolVar(&c.JSON, "json", false, "print one JSON object")
	meter := set.String("meter", "", "whose energy, such as home-01-grid")
	interval := set.String("interval", "", "start of the interval, RFC 3339")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	return node.Proof(ctx, c, *meter, *interval, stdout, stderr)
}
