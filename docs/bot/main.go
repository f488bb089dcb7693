// Command bot is an example of a program that trades through the public order API: a market maker that offers to buy and
// to sell around the middle of the next periods' markets, and never holds more than it was told to.
//
//	go run ./docs/bot --url http://127.0.0.1:8080 --token-file FILE
//
// It shows what every such program has to get right. It makes up the id of an order before it first sends it, and sends
// the same id again while it does not know what became of it. It follows a numbered feed, notices what it has missed and
// has it sent again. It lets the server cancel its orders when it goes, and takes up what still waits when it comes back:
// its orders begin with an id of its own. Amounts are decimal strings, read and written exactly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/wattle/wattle/energy"
)

// settings are what a person tells the bot.
type settings struct {
	url       string // of the street
	token     string // of scope trade
	name      string // tells this bot's orders from the member's others
	intervals int    // how many open periods it quotes, the next first
	size      energy.WattHours
	most      energy.WattHours // bought less sold in one period, either way
	spread    energy.Price     // from its bid to its ask
	every     time.Duration    // between two looks at its quotes
}

var errUsage = errors.New("usage")

func readSettings(args []string) (settings, error) {
	flags := flag.NewFlagSet("bot", flag.ContinueOnError)
	s := settings{token: os.Getenv("WATTLE_TOKEN")}
	flags.StringVar(&s.url, "url", "http://127.0.0.1:8080", "address of the street")
	flags.StringVar(&s.token, "token", s.token, "token of scope trade; better in a file or in WATTLE_TOKEN, as others can see arguments")
	file := flags.String("token-file", "", "file that holds the token")
	flags.StringVar(&s.name, "name", "bot", "name that tells this bot's orders from others of the same member")
	flags.IntVar(&s.intervals, "intervals", 4, "how many periods to quote")
	size := flags.String("size", "0.500", "kWh of each quote")
	most := flags.String("most", "2.000", "kWh to hold at most in one period, bought or sold")
	spread := flags.String("spread", "0.0200", "currency units per kWh from bid to ask")
	flags.DurationVar(&s.every, "every", time.Second, "time between two looks at the quotes")
	if err := flags.Parse(args); err != nil {
		return s, errUsage
	}
	if *file != "" {
		text, err := os.ReadFile(*file)
		if err != nil {
			return s, fmt.Errorf("--token-file: %w", err)
		}
		s.token = strings.TrimSpace(string(text))
	}
	var errs [3]error
	s.size, errs[0] = energy.ParseKilowattHours(*size)
	s.most, errs[1] = energy.ParseKilowattHours(*most)
	s.spread, errs[2] = energy.ParsePrice(*spread)
	if err := errors.Join(errs[:]...); err != nil {
		return s, err
	}
	return s, s.validate()
}

func (s settings) validate() error {
	switch {
	case s.token == "":
		return errors.New("a token is needed: --token-file, or WATTLE_TOKEN")
	case s.intervals < 1 || s.size <= 0 || s.most < s.size || s.spread <= 0 || s.every <= 0:
		return errors.New("want at least one period, a size, as much to hold, a spread and a pause")
	}
	return nil
}

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	s, err := readSettings(os.Args[1:])
	if errors.Is(err, errUsage) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bot:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err = newBot(s, log).run(ctx)
	stop()
	if err != nil {
		log.LogAttrs(context.Background(), slog.LevelError, "stopped", slog.Any("error", err))
		os.Exit(1)
	}
}
