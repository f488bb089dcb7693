package main

import (
	"context"
	"flag"
	"io"
	"time"

	"github.com/wattle/wattle/internal/node"
)

// meterCommands are the commands about devices.
var meterCommands = map[string]func(context.Context, []string, io.Writer, io.Writer) error{
	"meter read": meterRead, "meter scan": meterScan, "meter watch": meterWatch,
	"meter dump": meterDump, "meter serve": meterServe, "meter proxy": meterProxy, "meter agent": meterAgent,
}

// deviceFlags are those of every command that asks one device.
func deviceFlags(set *flag.FlagSet, c *node.DeviceConfig, timeout time.Duration) {
	set.StringVar(&c.URL, "url", "", "the device: tcp://HOST:PORT, tls://HOST:PORT, rtuovertcp://HOST:PORT or rtu:///dev/LINE")
	set.IntVar(&c.Unit, "unit", -1, "Modbus unit, 0 to 255 (default what the profile says, or 1)")
	set.StringVar(&c.Profile, "profile", "", "for a device that is not SunSpec: name of a built-in profile, or a .toml file")
	set.StringVar(&c.Use, "use", "", "what the device is used for, with a profile: grid, pv, battery or load")
	set.DurationVar(&c.Timeout, "timeout", timeout, "how long the device may take in all")
}

func meterRead(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.MeterReadConfig
	set := flag.NewFlagSet("wattle meter read", flag.ContinueOnError)
	deviceFlags(set, &c.DeviceConfig, 20*time.Second)
	set.BoolVar(&c.JSON, "json", false, "print one JSON object")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	return node.MeterRead(ctx, c, stdout)
}

func meterScan(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.MeterScanConfig
	set := flag.NewFlagSet("wattle meter scan", flag.ContinueOnError)
	set.StringVar(&c.URL, "url", "", "where to look: tcp://HOST:PORT and the like")
	set.StringVar(&c.Units, "units", "1-10,100,126,240,247", "units to try, such as 1-247")
	set.DurationVar(&c.Timeout, "timeout", time.Second, "how long each unit may take to answer")
	set.BoolVar(&c.JSON, "json", false, "print one JSON object")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	return node.MeterScan(ctx, c, stdout)
}

func meterDump(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.MeterDumpConfig
	set := flag.NewFlagSet("wattle meter dump", flag.ContinueOnError)
	deviceFlags(set, &c.DeviceConfig, 5*time.Minute)
	set.StringVar(&c.Registers, "registers", "", "range of registers, such as 40000-40199 (default the SunSpec models)")
	set.StringVar(&c.Out, "out", "", "file to write")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	return node.MeterDump(ctx, c, stdout)
}

func meterServe(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.MeterServeConfig
	set := flag.NewFlagSet("wattle meter serve", flag.ContinueOnError)
	set.StringVar(&c.Dump, "dump", "", "file that wattle meter dump wrote")
	set.StringVar(&c.Listen, "listen", "127.0.0.1:5020", "address to answer at")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	return node.MeterServe(ctx, c, stdout)
}

func meterWatch(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.MeterWatchConfig
	set := flag.NewFlagSet("wattle meter watch", flag.ContinueOnError)
	deviceFlags(set, &c.DeviceConfig, 10*time.Second)
	set.DurationVar(&c.Every, "every", time.Second, "time between two readings")
	set.IntVar(&c.Count, "count", 0, "stop after so many readings; 0 goes on")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	return node.MeterWatch(ctx, c, stdout)
}

func meterProxy(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.MeterProxyConfig
	set := flag.NewFlagSet("wattle meter proxy", flag.ContinueOnError)
	set.StringVar(&c.URL, "url", "", "the device to share: tcp://HOST:PORT and the like")
	set.StringVar(&c.Listen, "listen", "127.0.0.1:5020", "address to answer at")
	set.BoolVar(&c.Writable, "writable", false, "pass writes on: whoever reaches the address can command the device")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	c.Unit, c.Timeout = -1, time.Minute
	return node.MeterProxy(ctx, c, stdout)
}

func meterAgent(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.MeterAgentConfig
	set := flag.NewFlagSet("wattle meter agent", flag.ContinueOnError)
	set.StringVar(&c.File, "config", "", "the agent's configuration, docs/agent.md")
	set.BoolVar(&c.Kettle, "kettle", false, "only find out whether the grid meter counts the right way round")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	return node.MeterAgent(ctx, c, stdout, stderr)
}
