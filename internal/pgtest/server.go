package pgtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	owner  = "sallyport"
	prefix = "sallyport-pg-"

	startTimeout = 60 * time.Second
	// A port that was free a moment ago can be taken by then.
	startAttempts = 3
)

type server struct {
	dir    string
	port   int
	cmd    *exec.Cmd
	exited chan error
}

// startServer gives nil where PostgreSQL is not installed.
func startServer() (*server, error) {
	bin := binaries()
	if bin == "" {
		return nil, nil
	}
	sweep()
	run, err := unprivileged()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", fmt.Sprintf("%s%d-", prefix, os.Getpid()))
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir}
	if err := s.start(bin, run); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}

func (s *server) url(database string) string {
	return fmt.Sprintf("postgres://%s@127.0.0.1:%d/%s?sslmode=disable", owner, s.port, database)
}

// stop is PostgreSQL's immediate shutdown: nothing here is worth saving.
func (s *server) stop() error {
	_ = s.cmd.Process.Signal(syscall.SIGQUIT) // it may be gone already
	<-s.exited
	return os.RemoveAll(s.dir)
}

func (s *server) start(bin string, run *syscall.Credential) error {
	if run != nil {
		if err := os.Chown(s.dir, int(run.Uid), int(run.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(s.dir, "data")
	// Not the C locale: the order of a person's language is what production
	// databases have, and what must not disturb paging.
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata", data, "--username", owner, "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C", "--locale-provider", "icu", "--icu-locale", "en", "--no-sync")
	initdb.Dir = s.dir
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: run}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	var failed error
	for range startAttempts {
		err := s.listen(bin, data, run)
		if err == nil {
			return nil
		}
		failed = errors.Join(failed, err)
	}
	return failed
}

// listen starts the server on a free port and returns when it takes connections.
func (s *server) listen(bin, data string, run *syscall.Credential) error {
	var err error
	if s.port, err = freePort(); err != nil {
		return err
	}
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off",
		"-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200",
		"-c", "shared_buffers=32MB", "-c", "logging_collector=off", "-c", "log_destination=stderr", "-c", "lc_messages=C")
	s.cmd.Dir = s.dir
	s.cmd.Env = append(os.Environ(), "TZ=UTC")
	// In a group of its own: an interrupt at the terminal is ours, not its.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: run, Setpgid: true}
	dieWithParent(s.cmd.SysProcAttr)
	log, stderr := io.Pipe()
	s.cmd.Stderr = stderr
	if err := s.supervise(stderr); err != nil {
		return err
	}
	ready := make(chan error, 1)
	go watch(log, ready)
	select {
	case err = <-ready:
	case <-time.After(startTimeout):
		err = fmt.Errorf("not ready after %v", startTimeout)
	}
	if err != nil {
		_ = s.cmd.Process.Signal(syscall.SIGQUIT)
		<-s.exited
	}
	return err
}

// supervise starts the command on a thread that lives as long as it does:
// the kernel's promise to stop it is to the thread that started it.
func (s *server) supervise(stderr *io.PipeWriter) error {
	started := make(chan error)
	s.exited = make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := s.cmd.Start()
		started <- err
		if err == nil {
			err = s.cmd.Wait()
			_ = stderr.Close() // a pipe in memory
			s.exited <- err
		}
	}()
	return <-started
}

// watch reads the server's log to its end, so that it never blocks.
func watch(log io.Reader, ready chan<- error) {
	var head bytes.Buffer
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "ready to accept connections") {
			ready <- nil
			_, _ = io.Copy(io.Discard, log)
			return
		}
		fmt.Fprintln(&head, lines.Text())
	}
	ready <- fmt.Errorf("postgres ended:\n%s", head.String())
}

// binaries finds the newest installed version's, Debian's place first.
func binaries() string {
	newest, dir := -1, ""
	places, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	for _, place := range places {
		d := filepath.Dir(place)
		if v, err := strconv.Atoi(filepath.Base(filepath.Dir(d))); err == nil && v > newest {
			newest, dir = v, d
		}
	}
	if dir != "" {
		return dir
	}
	if place, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(place)
	}
	return ""
}

// unprivileged says as whom to run where we are root, which PostgreSQL refuses.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("running as root, and there is neither a user postgres nor nobody")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}

// sweep removes what a process left that died before it could.
func sweep() {
	left, _ := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	for _, dir := range left {
		pid, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), prefix), "-")
		n, err := strconv.Atoi(pid)
		if err != nil || !errors.Is(syscall.Kill(n, 0), syscall.ESRCH) {
			continue
		}
		_ = os.RemoveAll(dir) // it is another user's, or goes next time
	}
}
