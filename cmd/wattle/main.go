// Command wattle is the one binary of Wattle: each role is a subcommand.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/wattle/wattle/internal/node"
)

const usage = `wattle: a peer-to-peer energy market for a neighbourhood

  wattle demo            run a make-believe street on real parts, with a page
  wattle audit           recompute everything that was settled in a data directory
  wattle export          write what settled an interval into a file that anybody can audit
  wattle proof           print and verify the proof of what a meter measured
  wattle statement       print a member's month as PDF, CSV or JSON, and issue its invoices
  wattle settle          settle a case written by hand: who owes what, and whose energy reached whom
  wattle meter scan      find the devices behind an address
  wattle meter read      print what a device says
  wattle meter watch     show a device's live values
  wattle meter dump      write a device's registers to a file
  wattle meter serve     answer as the device of such a file
  wattle meter proxy     share a device that accepts one client
  wattle meter agent     read and sign for one home
  wattle oracle run      run one oracle
  wattle oracle status   say how oracles do
  wattle oracle keys     new, show, backup, restore or prove the sealed keys of an oracle
  wattle exchange replay play a file of orders through the market's books and time it
  wattle grid solve      compute the power flow of a network
  wattle grid bench      time it
  wattle grid check      say what is wrong with a network
  wattle charging verify check the signed meter values of a charging station
  wattle help            this text

Each command explains its flags with --help.
`

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // it did not work, or the audit found a difference
	exitUsage  = 2 // the command line is wrong; nothing was done
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends what the first could not
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	name := ""
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	for _, family := range []string{"meter", "exchange", "grid", "charging", "oracle", "oracle keys"} {
		if name == family && len(args) > 0 {
			name, args = name+" "+args[0], args[1:]
		}
	}
	commands := map[string]func(context.Context, []string, io.Writer, io.Writer) error{
		"demo": demo, "settle": settle, "statement": statement, "exchange replay": exchangeReplay,
		"charging verify": chargingVerify,
		"grid solve":      gridCommand("solve", node.GridSolve), "grid bench": gridCommand("bench", node.GridBench),
		"grid check": gridCommand("check", node.GridCheck),
	}
	maps.Copy(commands, meterCommands)
	maps.Copy(commands, oracleCommands)
	maps.Copy(commands, auditCommands)
	command, ok := commands[name]
	switch {
	case ok:
		return finish(command(ctx, args, stdout, stderr), stderr)
	case name == "help" || name == "--help" || name == "-h":
		fmt.Fprint(stdout, usage)
		return exitOK
	case name == "":
		fmt.Fprint(stderr, usage)
	default:
		fmt.Fprintf(stderr, "wattle: there is no command %q; wattle help lists them\n", name)
	}
	return exitUsage
}

// errUsage marks an error that the flag package has already explained.
var errUsage = errors.New("usage")

func finish(err error, stderr io.Writer) int {
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errUsage):
		return exitUsage
	}
	fmt.Fprintln(stderr, "wattle:", err)
	if errors.Is(err, node.ErrConfig) {
		return exitUsage
	}
	return exitFailed
}

// parse reads the flags of a command; every argument must be one.
func parse(set *flag.FlagSet, args []string, stdout, stderr io.Writer) error {
	set.SetOutput(io.Discard)
	err := set.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(stdout, "Flags of %s:\n", set.Name())
		set.SetOutput(stdout)
		set.PrintDefaults()
		return err
	case err == nil && set.NArg() > 0:
		err = fmt.Errorf("%q is not a flag", set.Arg(0))
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v; %s --help lists the flags\n", set.Name(), err, set.Name())
		return errUsage
	}
	return nil
}

// refuseZero refuses a zero where it would be taken for a flag that was left out.
func refuseZero(set *flag.FlagSet, stderr io.Writer, names ...string) (err error) {
	set.Visit(func(f *flag.Flag) {
		if v := f.Value.String(); slices.Contains(names, f.Name) && (v == "0" || v == "0s") {
			fmt.Fprintf(stderr, "%s: --%s %s is not possible: %s\n", set.Name(), f.Name, v, f.Usage)
			err = errUsage
		}
	})
	return err
}

// list is a flag that may be repeated.
type list []string

func (l *list) String() string     { return fmt.Sprint([]string(*l)) }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

// moment is a flag that holds an RFC 3339 time.
type moment struct{ time.Time }

func (m *moment) Set(v string) (err error) {
	m.Time, err = time.Parse(time.RFC3339, v)
	if err != nil {
		return errors.New("want a time such as 2026-06-21T06:56:00Z")
	}
	return nil
}

func demo(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.DemoConfig
	var devices, faults list
	var start moment
	set := flag.NewFlagSet("wattle demo", flag.ContinueOnError)
	set.IntVar(&c.Homes, "homes", 0, "simulated homes, 1 to 200 (default 12)")
	set.Uint64Var(&c.Seed, "seed", 0, "seed of weather and people (default 1)")
	set.IntVar(&c.Speed, "speed", 15, "seconds of the street in one of the wall, 1 to 240")
	set.DurationVar(&c.Interval, "interval", 0, "delivery interval: 1m, 5m, 15m, 30m or 1h (default 15m)")
	set.Var(&start, "start", "what the street's clock shows at its first start, RFC 3339 (default a summer morning)")
	set.StringVar(&c.Data, "data", defaultData(), "directory of everything that must survive")
	set.StringVar(&c.Listen, "listen", "127.0.0.1:8080", "address of the page")
	set.IntVar(&c.Intervals, "intervals", 0, "stop after so many settled intervals and print a summary; 0 goes on")
	set.BoolVar(&c.JSON, "json", false, "print the summary as one JSON object")
	set.Var(&devices, "device", "a real SunSpec device, tcp://HOST:PORT?unit=N; may be repeated")
	set.Var(&faults, "fault", "oracle-4 or home-03: stop it after the first settled interval; may be repeated")
	set.BoolVar(&c.OracleProcesses, "oracle-processes", false, "run each oracle as a process of its own")
	set.DurationVar(&c.TokenLifetime, "token-lifetime", 0, "how long the tokens of programs are good after they were issued (default 8760h, a year)")
	set.StringVar(&c.DatabaseURL, "database-url", "", "a PostgreSQL database instead of the embedded one")
	set.StringVar(&c.NATSURL, "nats-url", "", "a NATS server with JetStream and sync_interval always instead of the embedded one")
	set.StringVar(&c.NATSMonitor, "nats-monitor", "", "monitoring address of that server, or of each of a cluster with commas between, to make sure of sync_interval always")
	set.IntVar(&c.NATSReplicas, "nats-replicas", 1, "how many servers of a NATS cluster keep each log: 1, 3 or 5")
	set.StringVar(&c.ChainURL, "chain-url", "", "an EVM chain's JSON-RPC instead of the embedded one")
	set.StringVar(&c.OperatorKey, "operator-key", "", "file with the funded chain key in hex, for --chain-url")
	set.IntVar(&c.ChainConfirmations, "chain-confirmations", 12, "blocks that make a transaction final, for --chain-url; -1 takes the chain's word")
	set.Int64Var(&c.ChainMaxFee, "chain-max-fee", 0, "ceiling of the chain's fee in gwei per gas, for --chain-url (default 500)")
	set.StringVar(&c.PostgresBin, "postgres-bin", "", "directory of initdb and postgres, if not where they usually are")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	if err := refuseZero(set, stderr, "homes", "seed", "interval", "token-lifetime"); err != nil {
		return err
	}
	c.Start, c.Devices, c.Faults = start.Time, devices, faults
	return node.Demo(ctx, c, stdout, stderr)
}

func statement(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.StatementConfig
	set := flag.NewFlagSet("wattle statement", flag.ContinueOnError)
	set.StringVar(&c.Data, "data", defaultData(), "data directory of a street that is stopped")
	set.StringVar(&c.Member, "member", "", "whose, such as home-01")
	set.StringVar(&c.Month, "month", "", "which month, YYYY-MM")
	set.StringVar(&c.TimeZone, "timezone", "UTC", "time zone of the month, such as Europe/Vienna")
	set.StringVar(&c.Format, "format", "pdf", "pdf, csv or json")
	set.BoolVar(&c.Issue, "issue", false, "write the invoices and credit notes that are due; the month must be over and settled")
	set.StringVar(&c.DatabaseURL, "database-url", "", "as given to the demo")
	set.StringVar(&c.PostgresBin, "postgres-bin", "", "directory of initdb and postgres, if not where they usually are")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	return node.Statement(ctx, c, stdout, stderr)
}

func settle(_ context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.SettleConfig
	set := flag.NewFlagSet("wattle settle", flag.ContinueOnError)
	set.StringVar(&c.Case, "case", "", "file with trades, attested energy and tariffs; docs/protocol.md \"Case file\"")
	set.BoolVar(&c.JSON, "json", false, "print one JSON object")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	return node.Settle(c, stdout)
}

func exchangeReplay(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var c node.ReplayConfig
	set := flag.NewFlagSet("wattle exchange replay", flag.ContinueOnError)
	set.StringVar(&c.Workload, "workload", "", "file of commands in the format MEWL, version 1")
	set.StringVar(&c.Trades, "trades", "", "file to write every trade to")
	set.BoolVar(&c.JSON, "json", false, "print one JSON object")
	if err := parse(set, args, stdout, stderr); err != nil {
		return err
	}
	return node.ExchangeReplay(ctx, c, stdout)
}

// gridCommand is one of the commands that take a network.
func gridCommand(name string, do func(context.Context, node.GridConfig, io.Writer) error) func(context.Context, []string, io.Writer, io.Writer) error {
	return func(ctx context.Context, args []string, stdout, stderr io.Writer) error {
		c := node.GridConfig{Repeat: 1}
		set := flag.NewFlagSet("wattle grid "+name, flag.ContinueOnError)
		set.StringVar(&c.Case, "case", "", "case file, may be gzip; or pandapower's JSON; or a directory of CSV tables")
		set.BoolVar(&c.Radial, "radial", false, "refuse loops in CSV tables")
		if name == "bench" {
			set.IntVar(&c.Repeat, "repeat", 1000, "how many solves to time")
		}
		if name != "check" {
			set.BoolVar(&c.JSON, "json", false, "print one JSON object")
		}
		if err := parse(set, args, stdout, stderr); err != nil {
			return err
		}
		return do(ctx, c, stdout)
	}
}

// defaultData is where a demo lives that was not told otherwise. As root it must be a place that the database's
// unprivileged user can reach.
func defaultData() string {
	if os.Geteuid() == 0 {
		return "/var/lib/wattle/demo"
	}
	if state := os.Getenv("XDG_STATE_HOME"); state != "" {
		return filepath.Join(state, "wattle", "demo")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "wattle-demo"
	}
	return filepath.Join(home, ".local", "state", "wattle", "demo")
}
