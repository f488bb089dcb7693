package embed

import (
	"context"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/core"
	"github.com/ethereum/go-ethereum/log"
	"github.com/ethereum/go-ethereum/rpc"
)

// sealRetry is the pause after a block that could not be sealed or stored.
const sealRetry = time.Second

// seal seals a block when transactions have come, with all that have come meanwhile, until Stop. Each block's time is
// the machine's or, where that does not advance or goes back, one second after its parent's.
func (ch *Chain) seal() {
	defer close(ch.stopped)
	arrived := make(chan core.NewTxsEvent, 64)
	events := ch.backend.TxPool().SubscribeTransactions(arrived, true)
	defer events.Unsubscribe()
	retry := time.NewTimer(0) // for what the pool took from its journal before there was a subscription
	defer retry.Stop()
	for {
		select {
		case <-ch.stop:
			return
		case <-arrived:
		case <-retry.C:
		}
		drain(arrived)
		if !ch.sealPending() {
			retry.Reset(sealRetry)
		}
	}
}

func drain(arrived <-chan core.NewTxsEvent) {
	for {
		select {
		case <-arrived:
		default:
			return
		}
	}
}

// sealPending seals blocks until no transaction is left that a block can take. It reports failure.
func (ch *Chain) sealPending() bool {
	for {
		if err := ch.backend.TxPool().Sync(); err != nil {
			ch.log.Error("transactions cannot be collected", slog.Any("error", err))
			return false
		}
		if executable, _ := ch.backend.TxPool().Stats(); executable == 0 {
			return true
		}
		taken, ok := ch.sealOne()
		if !ok || taken == 0 { // what is left pays less than the base fee
			return ok
		}
	}
}

// sealOne seals one block and stores it before any client sees it. It returns how many transactions the block took.
func (ch *Chain) sealOne() (taken int, ok bool) {
	ch.line.hold()
	defer ch.line.release()
	before := ch.backend.BlockChain().CurrentBlock().Hash()
	hash := ch.beacon.Commit()
	if hash == before {
		ch.log.Error("a block cannot be sealed")
		return 0, false
	}
	if err := ch.backend.ChainDb().SyncKeyValue(); err != nil {
		ch.log.Error("a block cannot be stored", slog.Any("error", err))
		return 0, false
	}
	block := ch.backend.BlockChain().GetBlockByHash(hash)
	if block == nil {
		ch.log.Error("a sealed block is missing")
		return 0, false
	}
	return len(block.Transactions()), true
}

// line connects the node with its client. While it is held, no answer passes: so nobody learns of a block that is not on
// the disk.
type line struct {
	client, server net.Conn
	gate           sync.RWMutex
	served         chan struct{} // closed when the node no longer reads from the line
}

func newLine(handler *rpc.Server) *line {
	l := &line{served: make(chan struct{})}
	l.client, l.server = net.Pipe()
	go func() {
		defer close(l.served)
		handler.ServeCodec(rpc.NewCodec(gated{l.server, &l.gate}), 0)
	}()
	return l
}

func (l *line) hold()    { l.gate.Lock() }
func (l *line) release() { l.gate.Unlock() }

func (l *line) close() {
	l.client.Close()
	l.server.Close()
	<-l.served
}

// gated delays what is written to a connection.
type gated struct {
	net.Conn
	gate *sync.RWMutex
}

func (g gated) Write(b []byte) (int, error) {
	g.gate.RLock()
	g.gate.RUnlock() //nolint:staticcheck // only to wait: writing with the lock would let a slow reader stop the sealing
	return g.Conn.Write(b)
}

// routeLibraryLog sends the warnings of the Ethereum library, which logs globally, to log.
func routeLibraryLog(to *slog.Logger) {
	log.SetDefault(libraryLogger{libraryLog(to)})
}

// libraryLogger hides the logger's type from log.SetDefault, which would make it the default of log/slog too.
type libraryLogger struct{ log.Logger }

func libraryLog(to *slog.Logger) log.Logger { return log.NewLogger(warnings{to.Handler()}) }

// noNews are the library's warnings about what is meant to be so, or is repaired by the time they are written.
var noNews = []string{
	"Head block is not reachable", // a chain is being founded
	"P2P server will be useless",  // there is no network
	"Unclean shutdown detected",   // and nothing was lost by it
	"Served eth_",                 // an error that its caller has received
}

// warnings drops what is below a warning.
type warnings struct{ slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}

func (w warnings) Handle(ctx context.Context, r slog.Record) error {
	for _, m := range noNews {
		if strings.HasPrefix(r.Message, m) {
			return nil
		}
	}
	r.Message = "chain: " + r.Message
	r.Level = min(r.Level, slog.LevelError) // the library's highest level has no name here
	return w.Handler.Handle(ctx, r)
}

func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
