package webhook_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/store"
	"sallyport/webhook"
)

// TestFarSideMisbehaves: whatever a receiver does costs one attempt, reaches
// no log, and the event arrives once the receiver has come to its senses.
func TestFarSideMisbehaves(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect was followed") }))
	defer elsewhere.Close()
	for _, c := range []struct {
		name  string
		first http.HandlerFunc
		why   string
	}{
		{"redirects", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, "status 307"},
		{"refuses", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "hunter2 is wrong", http.StatusUnauthorized)
		}, "status 401"},
		{"never answers", func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}, "no answer in time"},
		{"hangs up", func(w http.ResponseWriter, _ *http.Request) { hijack(t, w, "") }, "unreachable"},
		{"speaks something else", func(w http.ResponseWriter, _ *http.Request) { hijack(t, w, "220 smtp.example.com\r\n") }, "unreachable"},
		{"endless headers", func(w http.ResponseWriter, _ *http.Request) {
			hijack(t, w, "HTTP/1.1 200 OK\r\n"+strings.Repeat("X-Long: "+strings.Repeat("x", 1000)+"\r\n", 200))
		}, "unreachable"},
		{"only an interim answer", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			_, _ = io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
		}, "no answer in time"},
		// Taken at the first attempt: the body is nobody's business.
		{"a body without end", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 1<<16)); err != nil {
					return
				}
			}
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			far := &farSide{t: t, first: c.first, arrived: make(chan struct{})}
			if c.why == "" {
				close(far.arrived)
			}
			server := httptest.NewServer(far)
			t.Cleanup(server.Close)
			log := follow(t, server.URL+"/hunter2")
			select {
			case <-far.arrived:
			case <-time.After(30 * time.Second):
				t.Fatal("the event never arrived")
			}
			text := log()
			if c.why == "" && text != "" {
				t.Errorf("the log says:\n%s", text)
			}
			if c.why != "" && !strings.Contains(text, c.why) {
				t.Errorf("the log does not say %q:\n%s", c.why, text)
			}
			if strings.Contains(text, "hunter2") || strings.Contains(text, secret) {
				t.Errorf("the log tells secrets:\n%s", text)
			}
		})
	}
}

// farSide misbehaves once, and then judges what it gets.
type farSide struct {
	t       *testing.T
	first   http.HandlerFunc
	arrived chan struct{}

	mu    sync.Mutex
	count int
}

func (f *farSide) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.count++
	count := f.count
	f.mu.Unlock()
	if count == 1 {
		f.first(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Error(err)
	}
	if err := judge(r, body); err != nil {
		f.t.Error(err)
	}
	if count == 2 {
		close(f.arrived)
	}
}

// judge is what docs/operate.md tells receivers to do.
func judge(r *http.Request, body []byte) error {
	at, signature, ok := strings.Cut(strings.TrimPrefix(r.Header.Get(webhook.SignatureHeader), "t="), ",v1=")
	if !ok {
		return fmt.Errorf("signature header %q", r.Header.Get(webhook.SignatureHeader))
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > time.Minute {
		return fmt.Errorf("signed at %q", at)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(at + "." + string(body)))
	if got, err := hex.DecodeString(signature); err != nil || !hmac.Equal(got, mac.Sum(nil)) {
		return fmt.Errorf("signature %q does not fit", signature)
	}
	var m struct{ ID, Action string }
	if err := json.Unmarshal(body, &m); err != nil {
		return err
	}
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" || r.Header.Get(webhook.DeliveryHeader) != m.ID || r.Header.Get(webhook.EventHeader) != m.Action {
		return fmt.Errorf("%s with %v for %s", r.Method, r.Header, body)
	}
	return nil
}

func hijack(t *testing.T, w http.ResponseWriter, says string) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_, _ = io.WriteString(conn, says)
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	_ = conn.Close()
}

// follow runs a worker over a database with one event; what it gives is its
// log once it has stopped.
func follow(t *testing.T, address string) (log func() string) {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "test.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	// A position as an earlier run left it, so that nothing has to be waited for.
	if _, err := db.ClaimWebhook(t.Context(), "earlier", time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := db.SaveWebhookPosition(t.Context(), "earlier", time.Now(), `{"after":""}`); err != nil {
		t.Fatal(err)
	}
	if err := db.AppendEvent(t.Context(), audit.New(audit.CertificateExpiring, "system")); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	worker := webhook.New(db, webhook.Options{
		URL: address, Secret: secret, Service: "https://sso.example.com", Version: "1",
		Logger: slog.New(slog.NewTextHandler(&said, nil)), Timeout: 500 * time.Millisecond,
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := worker.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	stop := func() string {
		cancel()
		<-ended
		return said.String()
	}
	t.Cleanup(func() { stop() })
	return stop
}
