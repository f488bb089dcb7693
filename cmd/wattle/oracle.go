package main

import (
	"context"
	"flag"
	"io"

	"github.com/wattle/wattle/internal/node"
)

// oracleCommands are the commands about one oracle.
var oracleCommands = map[string]func(context.Context, []string, io.Writer, io.Writer) error{
	"oracle keys new": oracleKeys("new", node.OracleKeysNew), "oracle keys show": oracleKeys("show", node.OracleKeysShow),
	"oracle keys backup": oracleKeys("backup", node.OracleKeysBackup), "oracle keys restore": oracleKeys("restore", node.OracleKeysRestore),
	"oracle keys prove": oracleKeys("prove", node.OracleKeysProve),
	"oracle run":        oracleRun, "oracle status": oracleStatus,
}

func oracleRun(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.OracleRunConfig
	set := flag.NewFlagSet("wattle oracle run", flag.ContinueOnError)
	set.StringVar(&c.File, "config", "", "the oracle's configuration, docs/oracle.md")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	return node.OracleRun(ctx, c, stdout, stderr)
}

func oracleStatus(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.OracleStatusConfig
	var health list
	set := flag.NewFlagSet("wattle oracle status", flag.ContinueOnError)
	set.Var(&health, "health", "HOST:PORT of an oracle's health; may be repeated")
	set.StringVar(&c.Data, "data", defaultData(), "without --health: data directory of a demo with --oracle-processes")
	set.BoolVar(&c.JSON, "json", false, "print one JSON array")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	c.Health = health
	return node.OracleStatus(ctx, c, stdout)
}

// oracleKeys is one of the commands about an oracle's keys.
func oracleKeys(name string, do func(node.OracleKeysConfig, io.Writer) error) func(context.Context, []string, io.Writer, io.Writer) error {
	return func(_ context.Context, args []string, stdout, stderr io.Writer) error {
		var c node.OracleKeysConfig
		set := flag.NewFlagSet("wattle oracle keys "+name, flag.ContinueOnError)
		set.StringVar(&c.File, "file", "", "the sealed keys")
		set.StringVar(&c.PassphraseFile, "passphrase-file", "", "file with the passphrase (default the variable "+node.PassphraseVariable+")")
		switch name {
		case "new", "show":
			set.BoolVar(&c.JSON, "json", false, "print one JSON object")
		default:
			set.StringVar(&c.Backup, "backup", "", "the copy of the sealed keys")
		}
		if name == "prove" {
			set.StringVar(&c.Challenge, "challenge", "", "what to sign, 32 bytes in hex (default random)")
		}
		if err := parse(set, args, stdout, stderr); err != nil {
			return err
		}
		return do(c, stdout)
	}
}
