package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// TestOrdersEndWithAKilledStreet places an order that is to end with its socket, kills the street, and finds the order
// withdrawn when the street is back. An order without that wish still waits: no gate closed in between.
func TestOrdersEndWithAKilledStreet(t *testing.T) {
	t.Parallel()
	data := dataDir(t)
	args := []string{"demo", "--listen", "127.0.0.1:0", "--data", data, "--speed", "1"}
	p := start(t, args...)
	page := p.url(t)
	token := tokenOf(t, data, "home-01")
	ends, stays := "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
	for id, wish := range map[string]bool{ends: true, stays: false} {
		rest(t, page, token, id, wish)
	}
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.done
	page = start(t, args...).url(t)
	eventually(t, time.Minute, "the order ended with its session", func() bool { return state(t, page, token, ends) == "withdrawn session-ended" })
	if got := state(t, page, token, stays); got != "resting " {
		t.Errorf("the other order: got %q, want it resting", got)
	}
}

// tokenOf reads a home's token from the data directory.
func tokenOf(t *testing.T, data, member string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "secrets", "api-tokens.json"))
	tokens := map[string]string{}
	if err == nil {
		err = json.Unmarshal(text, &tokens)
	}
	if err != nil {
		t.Fatal(err)
	}
	return tokens[member]
}

// rest places an order that nobody takes, over a socket that stays open.
func rest(t *testing.T, page, token, id string, ends bool) {
	t.Helper()
	var market struct {
		Books []struct {
			Start int64 `json:"start"`
			Open  bool  `json:"open"`
		} `json:"books"`
	}
	if err := fetch(t.Context(), page+"/api/market", &market); err != nil || len(market.Books) == 0 {
		t.Fatalf("market: %v with %d books", err, len(market.Books))
	}
	start := int64(0)
	for _, b := range market.Books {
		if b.Open {
			start = max(start, b.Start)
		}
	}
	address := strings.Replace(page, "http://", "ws://", 1) + "/api/stream"
	socket, _, err := websocket.DefaultDialer.DialContext(t.Context(), address, http.Header{"Authorization": {"Bearer " + token}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	for _, text := range []string{
		fmt.Sprintf(`{"op":"hello","cancel_on_disconnect":%t}`, ends),
		fmt.Sprintf(`{"op":"place","request":1,"client_id":%q,"start":%d,"side":"sell","price_per_kwh":"0.2990","quantity_kwh":"0.1","type":"post-only"}`, id, start),
	} {
		if err := socket.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for {
		var message struct {
			Kind   string          `json:"kind"`
			Status int             `json:"status"`
			Body   json.RawMessage `json:"body"`
		}
		if err := socket.ReadJSON(&message); err != nil {
			t.Fatal(err)
		}
		if message.Kind == "answer" && message.Status == http.StatusCreated {
			return
		}
		if message.Kind == "answer" {
			t.Fatalf("place: %d %s", message.Status, message.Body)
		}
	}
}

// state is the status of an order and the reason for it.
func state(t *testing.T, page, token, id string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, page+"/api/orders/"+id, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var order struct {
		Status any    `json:"status"` // a number in a problem
		Reason string `json:"reason"`
	}
	if err := json.NewDecoder(response.Body).Decode(&order); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(order.Status, " ", order.Reason)
}
