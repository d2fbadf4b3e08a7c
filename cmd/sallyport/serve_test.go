package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/config"
	"sallyport/idp"
	"sallyport/internal/testidp"
)

// running is a service under test, with what a client needs to know of it.
type running struct {
	*service
	stop  context.CancelFunc
	ended chan error
	said  *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serve runs a service until the test ends.
func serve(t *testing.T, change func(*config.Config)) *running {
	t.Helper()
	c := config.Default()
	c.Listen, c.Metrics.Listen = free(t), free(t)
	c.BaseURL = "http://" + c.Listen
	c.DataDir = t.TempDir()
	c.Store.URL = config.Secret("sqlite://" + filepath.Join(c.DataDir, "sallyport.db"))
	change(&c)
	said := &lockedBuffer{}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{
		service: &service{program: &program{streams: streams{out: io.Discard, err: said}}, config: &c},
		stop:    stop, ended: make(chan error, 1), said: said,
	}
	go func() {
		r.ended <- r.run(ctx)
		close(r.ended)
	}()
	t.Cleanup(func() {
		stop()
		for range r.ended { // until its files are closed
		}
	})
	return r
}

func free(t *testing.T) string {
	t.Helper()
	address, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// eventually asks again until ok, for what happens in another goroutine.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

// get is the status and body of an address; 0 where nobody answers.
func get(client *http.Client, address string) (int, string) {
	response, err := client.Get(address)
	if err != nil {
		return 0, ""
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, ""
	}
	return response.StatusCode, string(body)
}

func (r *running) ready() bool {
	status, _ := get(http.DefaultClient, r.config.BaseURL+"/readyz")
	return status == http.StatusOK
}

func TestStoppingFailsReadinessFirst(t *testing.T) {
	t.Parallel()
	r := serve(t, func(c *config.Config) { c.ShutdownDelay = 8 * time.Second })
	eventually(t, "ready", r.ready)
	// Stopping now takes a while, in which everything is still answered.
	r.stop()
	eventually(t, "not ready, and alive", func() bool {
		readiness, _ := get(http.DefaultClient, r.config.BaseURL+"/readyz")
		health, _ := get(http.DefaultClient, r.config.BaseURL+"/healthz")
		return readiness == http.StatusServiceUnavailable && health == http.StatusOK
	})
	select {
	case err := <-r.ended:
		t.Errorf("ended before shutdown_delay: %v", err)
	default:
	}
}

func TestStoppingEndsCleanly(t *testing.T) {
	r := serve(t, func(*config.Config) {})
	eventually(t, "ready", r.ready)
	r.stop()
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
	if status, _ := get(http.DefaultClient, r.config.BaseURL+"/healthz"); status != 0 {
		t.Errorf("still answers with %d", status)
	}
}

func TestMetrics(t *testing.T) {
	twin, err := testidp.New(testidp.Options{BaseURL: "https://idp.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	r := serve(t, func(*config.Config) {})
	eventually(t, "ready", r.ready)
	ctx := t.Context()
	if _, err := r.house.idps.ImportMetadata(ctx, idp.Import{Slug: idp.Default, Raw: twin.Metadata(), Source: idp.FromCommand, Actor: actor}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.house.idps.Activate(ctx, idp.Default, 0, actor); err != nil {
		t.Fatal(err)
	}
	sp := r.house.idps.Connection(idp.Default).SP
	raw, err := twin.Respond(testidp.Response{ACS: sp.ACSURLs[0], Audience: sp.EntityID, Person: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, want := range []int{http.StatusSeeOther, http.StatusForbidden} { // taken, and then replayed
		if status := post(t, client, sp.ACSURLs[0], testidp.Form(raw, "")); status != want {
			t.Errorf("status %d, want %d", status, want)
		}
	}
	var text string
	eventually(t, "metrics answer", func() bool {
		var status int
		status, text = get(http.DefaultClient, "http://"+r.config.Metrics.Listen+"/metrics")
		return status == http.StatusOK
	})
	for _, line := range []string{
		`sallyport_sign_ins_total{flow="unsolicited",idp="default",reason="",result="began"} 1`,
		`sallyport_sign_ins_total{flow="unsolicited",idp="default",reason="Replayed",result="refused"} 1`,
		`sallyport_idp_certificate_expiry_seconds{fingerprint="`,
		`sallyport_own_certificate_expiry_seconds{certificate="our signing certificate",fingerprint="`,
		`sallyport_own_certificate_expiry_seconds{certificate="our encryption certificate",fingerprint="`,
		`sallyport_http_request_duration_seconds_count{method="GET",route="/readyz",status="200"}`,
		`go_goroutines`,
	} {
		if !strings.Contains(text, line) {
			t.Errorf("/metrics lacks %s", line)
		}
	}
	for _, private := range []string{"ann@example.com", "Engineering"} {
		if strings.Contains(text, private) || strings.Contains(r.said.String(), private) {
			t.Errorf("%q stands in metrics or logs", private)
		}
	}
	if status, _ := get(http.DefaultClient, r.config.BaseURL+"/metrics"); status == http.StatusOK {
		t.Error("/metrics is served to everybody")
	}
}

func post(t *testing.T, client *http.Client, address string, form url.Values) int {
	t.Helper()
	response, err := client.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}

func TestCertificateIsReadAgain(t *testing.T) {
	files := config.TLS{CertFile: filepath.Join(t.TempDir(), "cert.pem"), KeyFile: filepath.Join(t.TempDir(), "key.pem")}
	writePair(t, files, 1)
	r := serve(t, func(c *config.Config) { c.TLS = files })
	eventually(t, "serial 1 is shown", func() bool { return serial(r.config.Listen) == 1 })

	if err := os.WriteFile(files.CertFile, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.certificate.Reload(); err == nil {
		t.Error("a broken certificate was taken")
	}
	if got := serial(r.config.Listen); got != 1 {
		t.Errorf("serial %d after a failed reload, want 1", got)
	}
	writePair(t, files, 2)
	if err := r.certificate.Reload(); err != nil {
		t.Fatal(err)
	}
	if got := serial(r.config.Listen); got != 2 {
		t.Errorf("serial %d after the reload, want 2", got)
	}
}

// serial is that of the certificate which a listener shows; 0 for none.
func serial(address string) int64 {
	conn, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		return 0
	}
	defer conn.Close()
	return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
}

func writePair(t *testing.T, files config.TLS, serial int64) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{files.CertFile: {Type: "CERTIFICATE", Bytes: der}, files.KeyFile: {Type: "PRIVATE KEY", Bytes: encoded}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
