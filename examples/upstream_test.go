package examples_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/websocket"
)

// got is what the application behind a proxy was asked.
type got struct {
	Method  string
	Host    string
	URI     string
	Header  http.Header
	Trailer http.Header
	Body    string
}

// newUpstream starts an application that tells what it was asked, echoes what
// comes by WebSocket at .../socket after the headers with which it was opened,
// and gives its address.
func newUpstream(t *testing.T) string {
	t.Helper()
	socket := websocket.Server{Handler: func(c *websocket.Conn) {
		r := c.Request()
		if err := websocket.JSON.Send(c, got{Method: r.Method, Host: r.Host, URI: r.RequestURI, Header: r.Header}); err != nil {
			return
		}
		_, _ = io.Copy(c, c) // ends when the far side does
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/socket") {
			socket.ServeHTTP(w, r)
			return
		}
		if status := r.URL.Query().Get("status"); status == "401" {
			w.WriteHeader(http.StatusUnauthorized)
			io.WriteString(w, "the application's own refusal")
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "cut off", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Application", "echo")
		if err := json.NewEncoder(w).Encode(got{r.Method, r.Host, r.RequestURI, r.Header, r.Trailer, string(body)}); err != nil {
			t.Errorf("tell what was asked: %v", err)
		}
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// echoed reads what newUpstream told.
func echoed(t *testing.T, body string) got {
	t.Helper()
	var g got
	if err := json.Unmarshal([]byte(body), &g); err != nil {
		t.Fatalf("the application's answer: %v\n%.500s", err, body)
	}
	return g
}
