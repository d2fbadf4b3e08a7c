package examples_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// A client that says two upgrades opens no tunnel by the other one: what goes
// through a tunnel no proxy reads.
func TestSnippetsTunnel(t *testing.T) {
	eachProxy(t, func(t *testing.T, r runner) {
		upstream, said := newTunnel(t)
		proxy := r.front(t, snippetFor("grafana", upstream, newStub(t).address))
		for name, lines := range map[string][]string{
			"one":                   {"Upgrade: h2c"},
			"list, it first":        {"Upgrade: h2c, websocket"},
			"list, it last":         {"Upgrade: websocket, h2c"},
			"two lines, it first":   {"Upgrade: h2c", "Upgrade: websocket"},
			"two lines, it last":    {"Upgrade: websocket", "Upgrade: h2c"},
			"with another beside":   {"Upgrade: websocket/13, h2c"},
			"in capitals":           {"Upgrade: WebSocket", "Upgrade: H2C"},
			"a line between others": {"Upgrade: websocket", "Upgrade: h2c", "Upgrade: websocket"},
		} {
			for _, handshake := range [][]string{nil, {"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"}} {
				a := raw(t, proxy, slices.Concat([]string{"GET /in HTTP/1.1", "Host: grafana.example.com", "Connection: Upgrade, HTTP2-Settings",
					"HTTP2-Settings: AAMAAABkAAQAAP__"}, lines, handshake), "")
				if a.status == http.StatusSwitchingProtocols {
					t.Errorf("%s: a tunnel opened", name)
				}
				select {
				case heard := <-said:
					if got := heard["Upgrade"]; got != nil && !slices.Equal(got, []string{"websocket"}) || heard["Http2-Settings"] != nil {
						t.Errorf("%s: the application heard Upgrade: %q, HTTP2-Settings: %q", name, got, heard["Http2-Settings"])
					}
				default: // refused before it came there
				}
			}
		}
	})
}

// newTunnel starts an application that switches to HTTP/2 wherever that is
// among the upgrades. It tells the headers of each request before it answers.
func newTunnel(t *testing.T) (string, chan http.Header) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	said := make(chan http.Header, 1)
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return // the test is over
			}
			go func() {
				defer connection.Close()
				if err := connection.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
					return
				}
				r, err := http.ReadRequest(bufio.NewReader(connection))
				if err != nil {
					return // nobody asks
				}
				said <- r.Header
				answer := "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
				if strings.Contains(strings.ToLower(strings.Join(r.Header["Upgrade"], ",")), "h2c") {
					answer = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
				}
				_, _ = io.WriteString(connection, answer) // what was cut off is missed by the test
			}()
		}
	}()
	return listener.Addr().String(), said
}
