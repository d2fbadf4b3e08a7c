package gateway_test

import (
	"bufio"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sallyport/gateway"
	"sallyport/session"
)

// BenchmarkCheckOverLoopback measures the CPU time, user's and system's, that a
// server in a process of its own spends on one check of a signed-in person,
// asked over 8 connections that stay open. In turns with it two floors are
// asked: net/http with nothing to do, and with an HMAC cookie and a map, which
// is the least that a check can be. How busy the machine is falls on all three
// alike: look at x-floor (what the check costs beside the cookie and the map)
// before you look at microseconds.
func BenchmarkCheckOverLoopback(b *testing.B) {
	for _, kind := range []string{"groups-10", "groups-150", "sessions-20000", "sessions-1000000"} {
		b.Run(kind, func(b *testing.B) {
			all := []*served{startServed(b, kind), startServed(b, "cookie-and-map"), startServed(b, "nothing")}
			for _, s := range all {
				s.drive(b, 2*turn) // warm
				s.used = -s.cpu(b)
			}
			b.ResetTimer()
			for left := b.N; left > 0; left -= turn {
				for _, s := range all {
					s.drive(b, min(left, turn))
				}
			}
			b.StopTimer()
			micros := make([]float64, len(all))
			for i, s := range all {
				micros[i] = float64((s.used + s.cpu(b)).Nanoseconds()) / 1000 / float64(b.N)
			}
			b.ReportMetric(micros[0], "cpu-us/check")
			b.ReportMetric(micros[1], "cpu-us/floor")
			b.ReportMetric(micros[2], "cpu-us/nothing")
			b.ReportMetric(micros[0]/micros[1], "x-floor")
			b.ReportMetric(0, "ns/op") // of three servers and a client: it says nothing
		})
	}
}

// turn is how often each server is asked in a row.
const turn = 2000

// BenchmarkMemoryOfADoor reports the bytes that one remembered session takes:
// of who asked in the last minutes, with their signed token, and of who did not.
func BenchmarkMemoryOfADoor(b *testing.B) {
	const n = 100_000
	for _, groups := range []int{10, 150} {
		b.Run(fmt.Sprintf("groups-%d", groups), func(b *testing.B) {
			for range b.N {
				h := newHouse(b, nil)
				h.app("wiki", wikiBase+"/", nil)
				token := h.crowded(b, 1, groups)[0]
				h.ask(asking{url: wikiPage, cookie: token})
				before := heap()
				tokens := h.g.Crowd(token, wikiPage, n)
				ours := heap() - int64(n*(16+48)) // the tokens are the benchmark's
				b.ReportMetric(float64(ours-before)/n, "B/session")
				h.g.Forget()
				b.ReportMetric(float64(heap()-int64(n*(16+48))-before)/n, "B/idle-session")
				runtime.KeepAlive(tokens)
				runtime.KeepAlive(h)
			}
		})
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// crowded signs in n people, each in the same groups, and gives their tokens.
func (h *house) crowded(b testing.TB, n, groups int) []string {
	names := make([]string, groups)
	for i := range names {
		names[i] = fmt.Sprintf("grp-engineering-%04d", i)
	}
	tokens := make([]string, n)
	var all sync.WaitGroup
	next := make(chan int)
	for range 64 { // the store's writer takes them together
		all.Go(func() {
			for i := range next {
				p := h.as(fmt.Sprintf("person-%07d@example.com", i), func(s *session.Session) {
					s.GroupsJSON = `["` + strings.Join(names, `","`) + `"]`
					s.Tags = []session.Tag{{Key: "CostCenter", Value: strconv.Itoa(i % 100)}, {Key: "Department", Value: "engineering"}}
				})
				tokens[i] = p.at(wikiHost).token
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
	return tokens
}

// served is a server in a process of its own: this test's binary, told by
// servedEnv what to be.
type served struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	addr   string
	path   string
	tokens []string
	used   time.Duration
}

const servedEnv = "SALLYPORT_BENCH_SERVE"

func startServed(b *testing.B, kind string) *served {
	b.Helper()
	s := &served{cmd: exec.Command(os.Args[0], "-test.run=^TestServeForBenchmark$", "-test.v")}
	s.cmd.Env = append(os.Environ(), servedEnv+"="+kind)
	s.cmd.Stderr = os.Stderr
	var err error
	s.in, err = s.cmd.StdinPipe()
	must(b, err)
	out, err := s.cmd.StdoutPipe()
	must(b, err)
	s.out = bufio.NewReaderSize(out, 1<<20)
	must(b, s.cmd.Start())
	b.Cleanup(func() {
		_ = s.in.Close()
		_ = s.cmd.Wait()
	})
	s.addr, s.path = s.line(b, "listens "), s.line(b, "path ")
	s.tokens = strings.Split(s.line(b, "tokens "), ",")
	return s
}

// line reads what the server says by a word.
func (s *served) line(b *testing.B, word string) string {
	b.Helper()
	for {
		line, err := s.out.ReadString('\n')
		must(b, err)
		if rest, ok := strings.CutPrefix(line, word); ok {
			return strings.TrimSpace(rest)
		}
	}
}

// cpu asks the server for what it has used.
func (s *served) cpu(b *testing.B) time.Duration {
	b.Helper()
	_, err := io.WriteString(s.in, "cpu\n")
	must(b, err)
	n, err := strconv.ParseInt(s.line(b, "cpu "), 10, 64)
	must(b, err)
	return time.Duration(n)
}

// drive asks n times over 8 connections. Requests are written by hand: the
// client is not what is measured.
func (s *served) drive(b *testing.B, n int) {
	b.Helper()
	var all sync.WaitGroup
	for c := range 8 {
		all.Go(func() {
			conn, err := net.Dial("tcp", s.addr)
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			in := bufio.NewReaderSize(conn, 64<<10)
			for i := c; i < n; i += 8 {
				token := s.tokens[i*7919%len(s.tokens)]
				if _, err := fmt.Fprintf(conn, request, s.path, token); err != nil {
					b.Error(err)
					return
				}
				if !passed(b, in) {
					return
				}
			}
		})
	}
	all.Wait()
}

// request is what Traefik sends of a page in Chromium.
const request = "GET %s HTTP/1.1\r\n" +
	"Host: sallyport.internal\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n" +
	"Accept-Encoding: gzip, deflate, br\r\n" +
	"Accept-Language: en-US,en;q=0.9\r\n" +
	"Cookie: theme=dark; __Host-sallyport-app=%s; grafana_session=0123456789abcdef\r\n" +
	"X-Forwarded-For: 198.51.100.7\r\n" +
	"X-Forwarded-Host: wiki.example.com\r\n" +
	"X-Forwarded-Method: GET\r\n" +
	"X-Forwarded-Proto: https\r\n" +
	"X-Forwarded-Uri: /d/abc?orgId=1\r\n\r\n"

// passed reads one answer: 200 without a body, or with a short one.
func passed(b *testing.B, in *bufio.Reader) bool {
	line, err := in.ReadSlice('\n')
	if err != nil || !strings.HasPrefix(string(line), "HTTP/1.1 200") {
		b.Errorf("got %q, %v", line, err)
		return false
	}
	body := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			b.Error(err)
			return false
		}
		if len(line) <= 2 {
			break
		}
		if rest, ok := strings.CutPrefix(string(line), "Content-Length: "); ok {
			body, _ = strconv.Atoi(strings.TrimSpace(rest))
		}
	}
	_, err = in.Discard(body)
	return err == nil
}

// TestServeForBenchmark is the other process.
func TestServeForBenchmark(t *testing.T) {
	kind := os.Getenv(servedEnv)
	if kind == "" {
		return // only the benchmark starts it
	}
	handler, path, tokens := toServe(t, kind)
	server := httptest.NewServer(handler)
	defer server.Close()
	fmt.Printf("\nlistens %s\npath %s\ntokens %s\n", server.Listener.Addr(), path, strings.Join(tokens, ","))
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var u syscall.Rusage
		must(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
		fmt.Printf("\ncpu %d\n", time.Duration(u.Utime.Nano()+u.Stime.Nano()))
	}
}

func toServe(t *testing.T, kind string) (handler http.Handler, path string, tokens []string) {
	switch kind {
	case "nothing":
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }), "/", []string{session.NewToken()}
	case "cookie-and-map":
		f := newFloor()
		return f, "/", f.sessions(20_000)[:4096]
	}
	h := newHouse(t, func(o *gateway.Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		o.Logger = nil
		o.Served = func(string, string, int, time.Duration) {}
		o.Remember = 2_000_000 // no part of it overflows
	})
	h.app("wiki", wikiBase+"/", nil)
	more, groups := 0, 10
	switch kind {
	case "groups-150":
		groups = 150
	case "sessions-20000":
		more = 20_000
	case "sessions-1000000":
		more = 1_000_000
	}
	tokens = h.crowded(t, 64, groups)
	for _, token := range tokens {
		r := asking{url: wikiPage, cookie: token}.request("forward-auth")
		r.RemoteAddr = "127.0.0.1:1"
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("status %d", w.Code)
		}
	}
	// Of so many that are remembered, some thousands ask.
	if more > 0 {
		tokens = h.g.Crowd(tokens[0], wikiPage, more)
	}
	return h.handler, "/gateway/forward-auth", tokens[:min(len(tokens), 4096)]
}

// floor is the least that a check can be: a signed cookie and a map in parts.
type floor struct {
	secret []byte
	parts  [64]struct {
		sync.RWMutex
		of map[[16]byte]string
	}
}

func newFloor() *floor {
	f := &floor{secret: make([]byte, 32)}
	_, _ = rand.Read(f.secret)
	for i := range f.parts {
		f.parts[i].of = map[[16]byte]string{}
	}
	return f
}

func (f *floor) sign(id [16]byte) string {
	m := hmac.New(sha256.New, f.secret)
	m.Write(id[:])
	return base64.RawURLEncoding.EncodeToString(m.Sum(id[:]))
}

func (f *floor) sessions(n int) []string {
	all := make([]string, n)
	for i := range all {
		var id [16]byte
		_, _ = rand.Read(id[:])
		f.parts[binary.LittleEndian.Uint16(id[:])%64].of[id] = fmt.Sprintf("person-%07d@example.com", i)
		all[i] = f.sign(id)
	}
	return all
}

func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, err := r.Cookie("__Host-sallyport-app")
	if err != nil || len(c.Value) != 64 {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	var raw [48]byte
	if _, err := base64.RawURLEncoding.Decode(raw[:], []byte(c.Value)); err != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	id := [16]byte(raw[:16])
	if !hmac.Equal([]byte(f.sign(id)), []byte(c.Value)) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	part := &f.parts[binary.LittleEndian.Uint16(id[:])%64]
	part.RLock()
	user := part.of[id]
	part.RUnlock()
	w.Header().Set("X-User", user)
}

// BenchmarkCheck is the check itself, without HTTP around it.
func BenchmarkCheck(b *testing.B) {
	for _, groups := range []int{10, 150} {
		b.Run(fmt.Sprintf("groups-%d", groups), func(b *testing.B) {
			h := newHouse(b, func(o *gateway.Options) { o.Logger, o.Served = nil, nil })
			h.app("wiki", wikiBase+"/", nil)
			r := asking{url: wikiPage, cookie: h.crowded(b, 1, groups)[0]}.request("forward-auth")
			w := &header{of: http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.of)
				h.handler.ServeHTTP(w, r)
			}
			if w.of.Get("Remote-User") == "" {
				b.Fatal("nobody was let in")
			}
		})
	}
}

// header is an answer without a body.
type header struct{ of http.Header }

func (w *header) Header() http.Header         { return w.of }
func (w *header) Write(p []byte) (int, error) { return len(p), nil }
func (w *header) WriteHeader(int)             {}
