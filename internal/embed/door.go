package embed

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"

	"github.com/ethereum/go-ethereum/rpc"
)

// door lets other processes of this user talk to the chain.
type door struct {
	listener net.Listener
	dir      string
	serving  sync.WaitGroup

	mu    sync.Mutex
	shut  bool
	conns map[net.Conn]struct{}
}

// Listen opens a socket on which other processes of this user reach the chain, until Stop, and returns its path for
// ethclient.Dial. It lies in a directory that nobody else may enter; the name of that is short, as those of sockets
// must be, and always the same, so that what a killed process left is removed. It is called once.
func (ch *Chain) Listen() (string, error) {
	where, err := filepath.Abs(ch.dir)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("wattle-chain-%x", sha256.Sum256([]byte(where)))[:24])
	if err := os.RemoveAll(dir); err != nil {
		return "", fmt.Errorf("socket of the chain: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", fmt.Errorf("socket of the chain: %w", err)
	}
	path := filepath.Join(dir, "rpc")
	listener, err := net.Listen("unix", path)
	if err != nil {
		return "", errors.Join(fmt.Errorf("socket of the chain: %w", err), os.RemoveAll(dir))
	}
	handler, err := ch.stack.RPCHandler()
	if err != nil {
		return "", errors.Join(err, listener.Close(), os.RemoveAll(dir))
	}
	ch.door = &door{listener: listener, dir: dir, conns: map[net.Conn]struct{}{}}
	ch.door.serving.Add(1)
	go ch.door.serve(handler, &ch.line.gate)
	return path, nil
}

// serve answers who comes, each no sooner than the block it asks about is on the disk.
func (d *door) serve(handler *rpc.Server, gate *sync.RWMutex) {
	defer d.serving.Done()
	for {
		conn, err := d.listener.Accept()
		if err != nil {
			return // closed
		}
		if !d.enter(conn) {
			conn.Close()
			return
		}
		go func() {
			defer d.leave(conn)
			handler.ServeCodec(rpc.NewCodec(gated{conn, gate}), 0)
		}()
	}
}

func (d *door) enter(conn net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.shut {
		return false
	}
	d.conns[conn] = struct{}{}
	d.serving.Add(1)
	return true
}

func (d *door) leave(conn net.Conn) {
	defer d.serving.Done()
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.conns, conn)
}

// close ends all conversations and waits for them. A chain without a door has none to close.
func (d *door) close() error {
	if d == nil {
		return nil
	}
	d.mu.Lock()
	d.shut = true
	err := d.listener.Close()
	for conn := range d.conns {
		conn.Close()
	}
	d.mu.Unlock()
	d.serving.Wait()
	return errors.Join(err, os.RemoveAll(d.dir))
}
