package main

import (
	"context"
	"flag"
	"io"

	"github.com/wattle/wattle/internal/node"
)

func chargingVerify(_ context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.ChargingVerifyConfig
	set := flag.NewFlagSet("wattle charging verify", flag.ContinueOnError)
	set.StringVar(&c.Record, "record", "", "file with the signed records (OCMF) of one charging transaction, one a line")
	set.StringVar(&c.Key, "key", "", "file with the meter's public key, hexadecimal or base64")
	set.BoolVar(&c.JSON, "json", false, "print one JSON object")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	return node.ChargingVerify(c, stdout)
}
