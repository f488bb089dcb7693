package embed

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/nats-io/nats.go"
)

func TestOtherProcessesReachTheChain(t *testing.T) {
	c, err := StartChain(ChainConfig{Dir: t.TempDir(), ChainID: 7, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Stop()
	path, err := c.Listen()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("directory of the socket: %v %v, want nobody else to enter", info, err)
	}
	client, err := ethclient.Dial(path)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if id, err := client.ChainID(t.Context()); err != nil || id.Uint64() != 7 {
		t.Errorf("chain id: got %v %v, want 7", id, err)
	}
	if err := c.Stop(); err != nil { // also with somebody connected
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Dir(path)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
}

func TestOtherProcessesReachTheMessageServerWithItsPassword(t *testing.T) {
	n, err := StartNATS(NATSConfig{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler), Password: "a-random-password"})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Stop()
	for url, want := range map[string]error{n.URL(): nil, "nats://" + n.server.Addr().String(): nats.ErrAuthorization,
		"nats://wattle:guess@" + n.server.Addr().String(): nats.ErrAuthorization} {
		nc, err := nats.Connect(url)
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
		if err == nil {
			nc.Close()
		}
	}
	own, err := n.Connect()
	if err != nil {
		t.Fatal(err)
	}
	own.Close()
}
