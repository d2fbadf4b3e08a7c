// Package pgtest gives tests a real PostgreSQL of their own: one private server
// for the test process, on a free port of the loopback interface, and a fresh
// database for each test.
//
// A package that uses it has
//
//	func TestMain(m *testing.M) { pgtest.Main(m) }
//
// so that the server stops when the tests are over. Where the process dies
// before, the kernel stops the server (on Linux), and the next run removes what
// it left on the disk.
package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// shared is the one server of the process; started by the first test that asks.
var shared struct {
	sync.Mutex
	tried  bool
	server *server
	err    error
	number int
}

// Main runs the tests, stops the server and exits.
func Main(m *testing.M) { os.Exit(Tests{m}.Run()) }

// Tests are those of a package whose TestMain hands them on to somebody else,
// who runs them and exits.
type Tests struct{ M *testing.M }

// Run runs the tests and stops the server.
func (t Tests) Run() int {
	code := t.M.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		code = max(code, 1)
	}
	return code
}

// URL gives the address of a new, empty database, dropped when t is over.
// Where PostgreSQL is not installed it skips t, or fails it where CI=true.
func URL(t testing.TB) string {
	t.Helper()
	s, number := start(t)
	name := fmt.Sprintf("test_%d", number)
	admin(t, s, "CREATE DATABASE "+name)
	t.Cleanup(func() { admin(t, s, "DROP DATABASE "+name+" WITH (FORCE)") })
	return s.url(name)
}

func start(t testing.TB) (*server, int) {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.tried {
		shared.tried = true
		shared.server, shared.err = startServer()
	}
	if shared.err != nil {
		t.Fatalf("start a private PostgreSQL: %v", shared.err)
	}
	if shared.server == nil {
		const missing = "needs PostgreSQL: apt-get install postgresql"
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	shared.number++
	return shared.server, shared.number
}

func stop() error {
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		return nil
	}
	err := shared.server.stop()
	shared.server = nil
	return err
}

// admin runs one statement as the server's owner.
func admin(t testing.TB, s *server, statement string) {
	t.Helper()
	db, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// t's own context is over when cleanups run.
	if _, err := db.ExecContext(context.Background(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
