package examples_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/websocket"

	"sallyport/access"
)

// dialSocket opens a WebSocket of host through the proxy at address.
func dialSocket(t *testing.T, address, host, path string, header http.Header) (*websocket.Conn, error) {
	t.Helper()
	connection, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if err := connection.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	origin := &url.URL{Scheme: "https", Host: host}
	return websocket.NewClient(&websocket.Config{
		Location: &url.URL{Scheme: "ws", Host: host, Path: path}, Origin: origin, Version: websocket.ProtocolVersionHybi13, Header: header,
	}, connection)
}

// expectEcho holds a WebSocket against what it should be: the application's,
// opened in the name of somebody. It gives the headers that the application
// got.
func expectEcho(t *testing.T, c *websocket.Conn) http.Header {
	t.Helper()
	var opened got
	if err := websocket.JSON.Receive(c, &opened); err != nil {
		t.Fatalf("hear of the opening: %v", err)
	}
	for _, message := range []string{"first", strings.Repeat("second", 10<<10)} {
		if err := websocket.Message.Send(c, message); err != nil {
			t.Fatal(err)
		}
		var back []byte
		for len(back) < len(message) {
			var part []byte
			if err := websocket.Message.Receive(c, &part); err != nil {
				t.Fatal(err)
			}
			back = append(back, part...)
		}
		if string(back) != message {
			t.Errorf("%.20q came back as %.20q", message, back)
		}
	}
	return opened.Header
}

// An upgrade is asked about like every other request.
func TestSnippetsWebSocket(t *testing.T) {
	eachProxy(t, func(t *testing.T, r runner) {
		s := newStub(t)
		upstream := newUpstream(t)
		proxy := r.front(t, snippetFor("grafana", upstream, s.address))
		said := func(path string) (int, []*http.Request) {
			a := raw(t, proxy, []string{"GET " + path + " HTTP/1.1", "Host: grafana.example.com", "Connection: Upgrade, Remote-User", "Upgrade: websocket",
				"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Origin: " + grafana, "Remote-User: forged"}, "")
			asked, _ := s.questions()
			return a.status, asked
		}
		status, asked := said("/script")
		if status != http.StatusUnauthorized {
			t.Errorf("signed out: status %d, want 401", status)
		}
		if !slices.ContainsFunc(asked, func(q *http.Request) bool { return q.Header.Get("Upgrade") == "websocket" }) {
			t.Error("the service did not learn that it is asked about a WebSocket")
		}
		c, err := dialSocket(t, proxy, "grafana.example.com", "/in/socket", http.Header{"Remote-User": {"forged"}, "Remote_Groups": {"forged"}})
		if err != nil {
			t.Fatalf("signed in: %v", err)
		}
		defer c.Close()
		expectHeard(t, "signed in", answers["/in"].header, expectEcho(t, c))
		expectHeard(t, "named in Connection", answers["/in"].header, openingHeard(t, proxy, "/in/socket"))
	})
}

// openingHeard opens a WebSocket by hand, with a Connection header that names
// what the proxy sets, and gives the headers that the application got.
func openingHeard(t *testing.T, address, path string) http.Header {
	t.Helper()
	connection, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	lines := []string{"GET " + path + " HTTP/1.1", "Host: grafana.example.com", "Connection: Upgrade, Remote-User, " + access.HeaderAssertion, "Upgrade: websocket",
		"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Origin: " + grafana}
	if _, err := io.WriteString(connection, strings.Join(lines, "\r\n")+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	received := bufio.NewReader(connection)
	response, err := http.ReadResponse(received, nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("status %d, want 101", response.StatusCode)
	}
	// One frame of text, unmasked, of 126 to 65535 bytes (RFC 6455 5.2).
	head := make([]byte, 4)
	if _, err := io.ReadFull(received, head); err != nil {
		t.Fatal(err)
	}
	if head[0] != 0x81 || head[1] != 126 {
		t.Fatalf("a frame that begins with % x", head)
	}
	text := make([]byte, binary16(head[2:]))
	if _, err := io.ReadFull(received, text); err != nil {
		t.Fatal(err)
	}
	return echoed(t, string(text)).Header
}

func binary16(b []byte) int { return int(b[0])<<8 | int(b[1]) }
