package store_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/internal/pgtest"
	"sallyport/session"
	"sallyport/store"
)

const otherProcess = "SALLYPORT_TEST_OTHER_PROCESS"

func addApplication(db *store.DB, n int) error {
	name := fmt.Sprint("app-", n)
	return db.CreateApplication(context.Background(), &access.Application{
		ID: name, Name: name, URL: "https://" + name + ".example.com", Kind: access.KindWeb, Entry: access.Everyone,
	}, audit.Event{})
}

// TestRevisionsSeeOtherProcesses: what another process has committed shows in
// the very next call.
func TestRevisionsSeeOtherProcesses(t *testing.T) {
	if url := os.Getenv(otherProcess); url != "" {
		commitOnDemand(t, url)
		return
	}
	for name, url := range map[string]string{"SQLite": sqliteURL(t), "PostgreSQL": ""} {
		t.Run(name, func(t *testing.T) {
			if url == "" {
				url = pgtest.URL(t)
			}
			db := migrated(t, url)
			other := exec.Command(os.Args[0], "-test.run=^TestRevisionsSeeOtherProcesses$")
			other.Env = append(os.Environ(), otherProcess+"="+url)
			other.Stderr = os.Stderr
			ask, err := other.StdinPipe()
			must(t, err)
			out, err := other.StdoutPipe()
			must(t, err)
			must(t, other.Start())
			defer other.Wait()
			defer ask.Close()
			answers := bufio.NewReader(out)
			before, err := db.Revisions(t.Context())
			must(t, err)
			for n := range 40 {
				same, err := db.Revisions(t.Context())
				must(t, err)
				if same != before {
					t.Fatalf("nothing was committed, and %+v became %+v", before, same)
				}
				_, err = fmt.Fprintln(ask, n)
				must(t, err)
				for answer := ""; answer != "done\n"; { // the test's own words come between
					if answer, err = answers.ReadString('\n'); err != nil {
						t.Fatal(err)
					}
				}
				after, err := db.Revisions(t.Context())
				must(t, err)
				if after.House != before.House+1 || after.Sessions != before.Sessions {
					t.Fatalf("after %d acts of another process: %+v became %+v", n+1, before, after)
				}
				before = after
			}
		})
	}
}

func commitOnDemand(t *testing.T, url string) {
	db := opened(t, url)
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var n int
		_, err := fmt.Sscan(in.Text(), &n)
		must(t, err)
		must(t, addApplication(db, n))
		fmt.Println("done")
	}
}

// TestRevisionsOfThisProcess: nobody who has heard of an act's success, and
// asks then, hears of less; however many ask and act at once.
func TestRevisionsOfThisProcess(t *testing.T) {
	for name, url := range map[string]string{"SQLite": sqliteURL(t), "PostgreSQL": ""} {
		t.Run(name, func(t *testing.T) {
			if url == "" {
				url = pgtest.URL(t)
			}
			db := migrated(t, url)
			var all sync.WaitGroup
			for i := range 8 {
				all.Go(func() {
					for n := range 25 {
						before, err := db.Revisions(t.Context())
						if err == nil {
							err = addApplication(db, 100*i+n)
						}
						after, readErr := db.Revisions(t.Context())
						if err != nil || readErr != nil || after.House <= before.House {
							t.Errorf("%+v became %+v after an act: %v, %v", before, after, err, readErr)
							return
						}
					}
				})
			}
			all.Wait()
		})
	}
}

// TestRevisionsGivenUp: a caller who gives up takes nobody along.
func TestRevisionsGivenUp(t *testing.T) {
	for name, url := range map[string]string{"SQLite": sqliteURL(t), "PostgreSQL": ""} {
		t.Run(name, func(t *testing.T) {
			if url == "" {
				url = pgtest.URL(t)
			}
			db := migrated(t, url)
			over, cancel := context.WithCancel(t.Context())
			cancel()
			var all sync.WaitGroup
			for i := range 16 {
				all.Go(func() {
					for range 50 {
						ctx := t.Context()
						if i%2 == 0 {
							ctx = over
						}
						r, err := db.Revisions(ctx)
						if i%2 == 0 && err == nil || i%2 == 1 && (err != nil || r.House == 0 || r.Sessions == 0) {
							t.Errorf("caller %d: %+v, %v", i, r, err)
							return
						}
					}
				})
			}
			all.Wait()
			must(t, db.Close())
			if _, err := db.Revisions(t.Context()); err == nil {
				t.Error("a closed database has answered")
			} else if db.Engine() == "sqlite" && fault.KindOf(err) != fault.Unavailable {
				t.Errorf("closed: %v", err)
			}
		})
	}
}

// TestRevisionsThatHang: everybody waits for one read, so it does not take as
// long as its caller has patience.
func TestRevisionsThatHang(t *testing.T) {
	url := pgtest.URL(t)
	db := migrated(t, url)
	raw, err := sql.Open("pgx", url)
	must(t, err)
	defer raw.Close()
	tx, err := raw.BeginTx(t.Context(), nil)
	must(t, err)
	defer tx.Rollback()
	_, err = tx.ExecContext(t.Context(), "LOCK TABLE revision IN ACCESS EXCLUSIVE MODE")
	must(t, err)
	patient, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if r, err := db.Revisions(patient); err == nil || patient.Err() != nil {
		t.Fatalf("%+v, %v", r, err)
	}
	must(t, tx.Rollback())
	_, err = db.Revisions(patient)
	must(t, err)
}

// TestChangeWaitsForSignIn: a sign-in that has begun when somebody's groups
// change is known to the change, or comes after it.
func TestChangeWaitsForSignIn(t *testing.T) {
	ctx := t.Context()
	url := pgtest.URL(t)
	db := migrated(t, url)
	ada := &directory.User{ID: "ada", UserName: "ada@example.com", Active: true, IDP: "corp", CreatedAt: time.Now(), UpdatedAt: time.Now()}
	must(t, db.CreateUser(ctx, ada, directory.Act{}))
	must(t, db.CreateGroup(ctx, &directory.Group{ID: "g", DisplayName: "g", IDP: "corp"}, nil, directory.Act{}))
	link := []byte("link")
	must(t, db.SaveAdminLink(ctx, link, time.Now().Add(time.Hour), audit.Event{}))
	must(t, db.UseAdminLink(ctx, link, &session.Session{ID: "s", UserID: "ada", TokenHash: []byte("token")}, audit.Event{}))

	raw, err := sql.Open("pgx", url)
	must(t, err)
	defer raw.Close()
	signIn, err := raw.BeginTx(ctx, nil)
	must(t, err)
	defer signIn.Rollback()
	for _, statement := range []string{
		"UPDATE users SET last_sign_in_at = 1 WHERE id = 'ada'", // as a sign-in does
		fmt.Sprintf("UPDATE sessions SET expires_at = %d WHERE id = 's'", time.Now().Add(time.Hour).UnixMilli()),
	} {
		_, err := signIn.ExecContext(ctx, statement)
		must(t, err)
	}
	before, err := db.Revisions(ctx)
	must(t, err)
	changed := make(chan error, 1)
	go func() {
		_, err := db.ChangeGroup(ctx, "g", directory.GroupChange{Add: []string{"ada"}}, directory.Act{})
		changed <- err
	}()
	for waits := false; !waits; {
		must(t, raw.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)").Scan(&waits))
		select {
		case err := <-changed:
			t.Fatalf("the change did not wait for the sign-in: %v", err)
		default:
		}
	}
	must(t, signIn.Commit())
	must(t, <-changed)
	changes, err := db.ChangesAfter(ctx, before.Sessions)
	must(t, err)
	if len(changes) != 1 || changes[0].UserID != "ada" {
		t.Errorf("changes %+v, want one of ada", changes)
	}
}

// TestSessionIndexHasAnIndex, and what looks for a SessionIndex uses it.
func TestSessionIndexHasAnIndex(t *testing.T) {
	const update = `UPDATE sessions SET ended_at = 1, ended_why = '', forget_after = 1
		WHERE ended_at = 0 AND expires_at > 1 AND idp = 'corp' AND session_index <> '' AND LENGTH(session_index) <= 500 AND session_index IN ('a', 'b')`
	for name, c := range map[string]struct{ driver, url, explain string }{
		"SQLite":     {"sqlite", sqliteURL(t), "EXPLAIN QUERY PLAN "},
		"PostgreSQL": {"pgx", "", "EXPLAIN "},
	} {
		t.Run(name, func(t *testing.T) {
			if c.url == "" {
				c.url = pgtest.URL(t)
			}
			migrated(t, c.url)
			raw, err := sql.Open(c.driver, strings.TrimPrefix(c.url, "sqlite://"))
			must(t, err)
			defer raw.Close()
			rows, err := raw.QueryContext(t.Context(), c.explain+update)
			must(t, err)
			defer rows.Close()
			columns, err := rows.Columns()
			must(t, err)
			var plan strings.Builder
			for rows.Next() {
				row := make([]any, len(columns))
				for i := range row {
					row[i] = new(any)
				}
				must(t, rows.Scan(row...))
				fmt.Fprintln(&plan, *row[len(row)-1].(*any))
			}
			must(t, rows.Err())
			if !strings.Contains(plan.String(), "sessions_session_index") {
				t.Errorf("the index is not used:\n%s", &plan)
			}
		})
	}
}

// TestTheHeaderOfTheWALIsReliedOn: SQLite's side file is where it is looked
// for, and says what it is taken for. Without it every check would ask SQLite,
// and no other test would notice.
func TestTheHeaderOfTheWALIsReliedOn(t *testing.T) {
	url := sqliteURL(t)
	db := migrated(t, url)
	shm := strings.TrimPrefix(url, "sqlite://") + "-shm"
	header := func() string {
		raw, err := os.ReadFile(shm)
		must(t, err)
		if len(raw) < 96 || string(raw[:48]) != string(raw[48:96]) {
			t.Fatalf("the header is not one: %x", raw[:min(len(raw), 96)])
		}
		return string(raw[:48])
	}
	must(t, addApplication(db, 0))
	before := header()
	_, err := db.Applications(t.Context())
	must(t, err)
	if header() != before {
		t.Error("reading changes the header")
	}
	must(t, addApplication(db, 1))
	if header() == before {
		t.Error("a commit leaves the header as it was")
	}
	if allocs := testing.AllocsPerRun(100, func() {
		if _, err := db.Revisions(t.Context()); err != nil {
			t.Fatal(err)
		}
	}); allocs > 2 { // one or two are the race detector's
		t.Errorf("the revisions cost %v allocations: SQLite was asked, although nobody has committed", allocs)
	}
}
