package examples_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// needed skips a suite whose proxy is not installed, and fails it where that
// must not happen.
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

// silentAddress is a loopback address at which nobody can begin to listen
// until the test ends.
func silentAddress(t *testing.T) string {
	t.Helper()
	held, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(held) }) // nothing was sent
	if err := syscall.Bind(held, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	at, err := syscall.Getsockname(held)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", at.(*syscall.SockaddrInet4).Port)
}

// process is a server that a test started.
type process struct {
	cmd    *exec.Cmd
	done   chan struct{} // closed when it has ended
	output bytes.Buffer  // to be read when it has ended
}

// start runs cmd until the test ends, and waits until somebody listens at
// address.
func start(t *testing.T, cmd *exec.Cmd, address string) {
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
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // fails where it has ended
		<-p.done
		if t.Failed() {
			t.Logf("%s said:\n%s", cmd.Path, &p.output)
		}
	})
	p.await(t, address)
}

func (p *process) await(t *testing.T, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	var dialer net.Dialer
	for {
		if connection, err := dialer.DialContext(ctx, "tcp", address); err == nil {
			connection.Close()
			return
		}
		select {
		case <-again.C:
		case <-p.done:
			t.Fatalf("%s ended before anybody listened at %s", p.cmd.Path, address)
		case <-ctx.Done():
			t.Fatalf("nobody listened at %s in time", address)
		}
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
