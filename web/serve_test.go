package web

import (
	"context"
	"flag"
	"net"
	"os/signal"
	"syscall"
	"testing"
	"time"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files")

var serveAddress = flag.String("serve", "", "serve the made-up street at this address until interrupted, to work on the page")

// TestServe is for people: go test ./web -run TestServe -timeout 0 -serve 127.0.0.1:8099
func TestServe(t *testing.T) {
	if *serveAddress == "" {
		t.Skip("runs with -serve ADDRESS only")
	}
	street := newTestStreet(t)
	for range 40 {
		street.advance(5 * time.Minute)
	}
	listener, err := net.Listen("tcp", *serveAddress)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(t.Context(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- street.server.Run(ctx, listener) }()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for ctx.Err() == nil {
		select {
		case <-second.C:
			street.advance(15 * time.Second)
		case <-ctx.Done():
		}
	}
	if err := <-done; err != nil && ctx.Err() != context.Canceled {
		t.Fatal(err)
	}
}
