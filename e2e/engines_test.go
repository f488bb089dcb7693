package e2e

import (
	"encoding/hex"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
	"github.com/ethereum/go-ethereum/ethclient/simulated"
	"github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/params"
	"github.com/nats-io/nats-server/v2/server"

	"github.com/wattle/wattle/internal/embed"
)

// natsServer is a message server of the user's own, on a port.
func natsServer(t *testing.T, jetStream, synced bool) (url, monitor string) {
	t.Helper()
	ns, err := server.NewServer(&server.Options{ServerName: "own", Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true,
		HTTPHost: "127.0.0.1", HTTPPort: server.RANDOM_PORT, JetStream: jetStream, StoreDir: t.TempDir(), SyncAlways: synced})
	if err != nil {
		t.Fatal(err)
	}
	ns.Start()
	t.Cleanup(func() {
		ns.Shutdown()
		ns.WaitForShutdown()
	})
	if !ns.ReadyForConnections(time.Minute) {
		t.Fatal("the NATS server is not ready after a minute")
	}
	return ns.ClientURL(), "http://" + ns.MonitorAddr().String()
}

// databaseServer is a PostgreSQL of the user's own.
func databaseServer(t *testing.T) (url string) {
	t.Helper()
	cluster, err := embed.StartPostgres(t.Context(), embed.PostgresConfig{Dir: dataDir(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Stop(); err != nil {
			t.Error(err)
		}
	})
	return cluster.URL()
}

// chainServer is an Ethereum node of the user's own: go-ethereum's, with JSON-RPC by HTTP, that seals a block every
// half second, whether there are transactions or not. keyFile holds a funded key.
func chainServer(t *testing.T) (url, keyFile string) {
	t.Helper()
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	keyFile = filepath.Join(t.TempDir(), "operator")
	if err := os.WriteFile(keyFile, []byte(hex.EncodeToString(crypto.FromECDSA(key))), 0o600); err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(address(t))
	if err != nil {
		t.Fatal(err)
	}
	funded := types.GenesisAlloc{crypto.PubkeyToAddress(key.PublicKey): {Balance: new(big.Int).Mul(big.NewInt(1000), big.NewInt(params.Ether))}}
	backend := simulated.NewBackend(funded, func(nc *node.Config, _ *ethconfig.Config) {
		nc.HTTPHost, nc.HTTPModules = host, []string{"eth", "net", "web3"}
		nc.HTTPPort, err = strconv.Atoi(port)
	})
	if err != nil {
		t.Fatal(err)
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		seal := time.NewTicker(500 * time.Millisecond)
		defer seal.Stop()
		for {
			select {
			case <-stop:
				return
			case <-seal.C:
				backend.Commit()
			}
		}
	}()
	t.Cleanup(func() {
		close(stop)
		<-stopped
		backend.Close()
	})
	return "http://" + net.JoinHostPort(host, port), keyFile
}

// A street on engines of the user's own keeps the same promises, also when it is started a second time.
func TestEnginesOfOnesOwn(t *testing.T) {
	data := dataDir(t)
	chain, key := chainServer(t)
	nats, monitor := natsServer(t, true, true)
	engines := []string{"--data", data, "--database-url", databaseServer(t), "--nats-url", nats, "--chain-url", chain, "--operator-key", key}
	for _, settled := range []int{1, 2} {
		s := demo(t, append([]string{"--intervals", "1", "--speed", "45", "--nats-monitor", monitor}, engines...)...)
		conserved(t, s)
		// The first gate closes before the deposits, which cover orders, have their confirmations.
		if s.SettledIntervals != settled || s.ExportWh == 0 || settled > 1 && s.DeliveredWh == 0 {
			t.Errorf("got %+v, want %d settled intervals of a street that trades", s, settled)
		}
	}
	said(t, append([]string{"audit"}, engines...)...)
	for _, embedded := range []string{"postgres", "nats", "chain"} {
		if _, err := os.Stat(filepath.Join(data, embedded)); !os.IsNotExist(err) {
			t.Errorf("%s: an embedded engine was started: %v", embedded, err)
		}
	}
}

func TestNATSWithoutLogsIsRefused(t *testing.T) {
	url, _ := natsServer(t, false, true)
	refusal{"no JetStream", failed, quick(dataDir(t), "--nats-url", url), []string{"JetStream"}}.refused(t)
}

func TestReplicasNeedACluster(t *testing.T) {
	url, monitor := natsServer(t, true, true)
	refusal{"one server", failed, quick(dataDir(t), "--nats-url", url, "--nats-monitor", monitor, "--nats-replicas", "3"), []string{"use a cluster"}}.refused(t)
}

// A server that acknowledges what is not on its disk is found out where it can be asked.
func TestLazyNATSIsRefused(t *testing.T) {
	url, monitor := natsServer(t, true, false)
	refusal{"lazy", failed, quick(dataDir(t), "--nats-url", url, "--nats-monitor", monitor), []string{"sync_interval: always"}}.refused(t)
}
