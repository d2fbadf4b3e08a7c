package examples_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// places says where hosts are to be found. A far side's TLS is thought away:
// what terminates it is the proxy's, not the snippet's.
type places map[string]string

func (p places) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(address)
	if at, ok := p[host]; ok {
		address = at
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}

// browser keeps cookies and follows nothing by itself.
type browser struct {
	t      *testing.T
	client *http.Client
}

func newBrowser(t *testing.T, p places) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: p.dial, DialTLSContext: p.dial}
	t.Cleanup(transport.CloseIdleConnections)
	return &browser{t, &http.Client{
		Transport: transport, Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is one that was read to its end.
type answer struct {
	status int
	url    *url.URL
	header http.Header
	body   string
}

func (a *answer) location(t *testing.T) string {
	t.Helper()
	location, err := a.url.Parse(a.header.Get("Location"))
	if err != nil || a.header.Get("Location") == "" {
		t.Fatalf("%s: status %d, want one that leads on, with a Location\n%.500s", a.url, a.status, a.body)
	}
	return location.String()
}

// page are the headers of a browser that opens a page.
var page = http.Header{"Accept": {"text/html,application/xhtml+xml,*/*;q=0.8"}, "Sec-Fetch-Mode": {"navigate"}, "Sec-Fetch-Dest": {"document"}}

// script are those of fetch.
var script = http.Header{"Accept": {"application/json"}, "Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Dest": {"empty"}}

func (b *browser) do(method, address string, header http.Header, body string) *answer {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if body == "" {
		request.Body = nil
		request.ContentLength = 0
	}
	for name, values := range header {
		request.Header[name] = values
	}
	response, err := b.client.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return &answer{response.StatusCode, response.Request.URL, response.Header, string(content)}
}

func (b *browser) get(address string) *answer {
	b.t.Helper()
	return b.do(http.MethodGet, address, page, "")
}

// raw sends a request as it is written, line by line, and gives the answer.
// The last line is followed by body.
func raw(t *testing.T, address string, lines []string, body string) *answer {
	t.Helper()
	connection, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(connection, strings.Join(lines, "\r\n")+"\r\n\r\n"+body); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return &answer{status: response.StatusCode, header: response.Header, body: string(content)}
}
