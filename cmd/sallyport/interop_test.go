package main_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// needed skips a suite whose far side is not installed, and fails it where
// that must not happen.
func needed(t *testing.T, missing, install string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: %s", missing, install)
	}
	t.Skipf("%s is missing: %s", missing, install)
}

// freeAddress is a loopback address that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// process is a server that a test started.
type process struct {
	cmd    *exec.Cmd
	done   chan struct{} // closed when it has ended
	output bytes.Buffer  // to be read when it has ended
}

// start runs cmd until the test ends, or stop, and waits until url answers.
func start(t *testing.T, cmd *exec.Cmd, url string) *process {
	t.Helper()
	p := &process{cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.output, &p.output
	// A group of its own, so that its children end with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(cmd.SysProcAttr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = cmd.Wait() // how it ended is of no interest: we kill it
	}()
	t.Cleanup(func() {
		p.stop()
		if t.Failed() {
			t.Logf("%s said:\n%s", cmd.Path, &p.output)
		}
	})
	p.await(t, url)
	return p
}

func (p *process) stop() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) // fails where it has ended
	<-p.done
}

func (p *process) await(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if response, err := http.DefaultClient.Do(request); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-again.C:
		case <-p.done:
			t.Fatalf("%s ended before %s answered", p.cmd.Path, url)
		case <-ctx.Done():
			t.Fatalf("%s did not answer in time", url)
		}
	}
}

// instance is one running sallyport with its own database.
type instance struct {
	t      *testing.T
	binary string
	config string
	url    string
}

// built is the program as it ships, built when it is first needed, in a folder
// that TestMain makes and takes away.
var built = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(os.Getenv("SALLYPORT_TEST_BUILT"), "sallyport")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, nil
})

// newSallyport is the program as it ships, for an empty SQLite file.
func newSallyport(t *testing.T) *instance {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	address := freeAddress(t)
	s := &instance{t: t, binary: binary, config: filepath.Join(folder, "config.yaml"), url: "http://" + address}
	write(t, s.config, fmt.Appendf(nil, "base_url: %s\nlisten: %s\ndata_dir: %s\nstore:\n  url: sqlite://%s\n",
		s.url, address, folder, filepath.Join(folder, "sallyport.db")))
	return s
}

func (s *instance) serve() *process {
	s.t.Helper()
	return start(s.t, exec.Command(s.binary, "serve", "--config", s.config), s.url+"/readyz")
}

// run runs one command beside the server and gives what it printed.
func (s *instance) run(args ...string) []byte {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), s.binary, append(args, "--config", s.config)...)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		s.t.Fatalf("sallyport %v: %v\n%s", args, err, &problems)
	}
	return out.Bytes()
}

// trust imports an identity provider's metadata and activates it.
func (s *instance) trust(slug string, metadata []byte) {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), "metadata.xml")
	write(s.t, file, metadata)
	s.run("idp", "import", "--idp", slug, file)
	s.run("idp", "activate", slug)
}

// follows is how long a running server may take to follow a command.
const follows = 5 * time.Second

// eventually waits until a running server has followed a command.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.After(follows)
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for !done() {
		select {
		case <-again.C:
		case <-deadline:
			t.Fatalf("not within %s: %s", follows, what)
		}
	}
}

func write(t *testing.T, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// writeKeyPair makes an identity provider's key and self-signed certificate.
func writeKeyPair(t *testing.T, keyFile, certificateFile string, bits int) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: "idp.example.com"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(1, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	write(t, keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	write(t, certificateFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
