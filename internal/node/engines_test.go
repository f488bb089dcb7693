package node

import (
	"errors"
	"testing"
)

func TestHostKeepsSecrets(t *testing.T) {
	for url, want := range map[string]string{
		"nats://me:hunter2@127.0.0.1:4222":         "nats://127.0.0.1:4222",
		"https://chain.example/v3/hunter2?hunter2": "https://chain.example",
		"hunter2":    "the given address",
		"://hunter2": "the given address",
		"":           "the given address",
	} {
		if got := host(url); got != want {
			t.Errorf("%q: got %q, want %q", url, got, want)
		}
	}
}

func TestOneLine(t *testing.T) {
	if got, want := oneLine(errors.New("tried:\n\tone\n\ttwo")), "tried: one two"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
