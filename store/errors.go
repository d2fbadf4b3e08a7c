package store

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	driver "modernc.org/sqlite"
	code "modernc.org/sqlite/lib"

	"sallyport/internal/fault"
	"sallyport/saml"
)

// wrap says in which act err happened. Refusals and faults pass as they are:
// they are answers. What a driver said is sorted by its code, never its text.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	var refusal *saml.Error
	var known *fault.Error
	if errors.As(err, &refusal) || errors.As(err, &known) {
		return err
	}
	err = fmt.Errorf(format+": %w", append(args, err)...)
	switch {
	case unavailable(err):
		return fault.Wrap(fault.Unavailable, "The database is not available. Try again in a moment.", err)
	case unstorable(err):
		return fault.Wrap(fault.Invalid, "That text holds characters that cannot be stored.", err)
	default:
		return err
	}
}

// missing turns "no rows" into fault.NotFound with a sentence of its own.
func missing(err error, public string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, public)
	}
	return err
}

// taken turns a violated unique key into fault.Conflict.
func taken(err error, public string) error {
	if uniqueViolation(err) {
		return fault.Wrap(fault.Conflict, public, err)
	}
	return err
}

func uniqueViolation(err error) bool {
	switch sqliteCode(err) {
	case code.SQLITE_CONSTRAINT_PRIMARYKEY, code.SQLITE_CONSTRAINT_UNIQUE:
		return true
	}
	return postgresCode(err) == "23505"
}

// foreignKeyViolation: what a row is about is not there.
func foreignKeyViolation(err error) bool {
	return sqliteCode(err) == code.SQLITE_CONSTRAINT_FOREIGNKEY || postgresCode(err) == "23503"
}

// unavailable reports whether the same act may succeed later.
func unavailable(err error) bool {
	switch sqliteCode(err) & 0xff {
	case code.SQLITE_BUSY, code.SQLITE_LOCKED, code.SQLITE_FULL:
		return true
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return true
	}
	state := postgresCode(err)
	return strings.HasPrefix(state, "08") || strings.HasPrefix(state, "53") || strings.HasPrefix(state, "57P") || rerunnable(err)
}

// rerunnable reports whether PostgreSQL gave up one of two acts that met; the
// act has left nothing behind and may run again.
func rerunnable(err error) bool {
	switch postgresCode(err) {
	case "40001", "40P01":
		return true
	}
	return false
}

// unstorable: a NUL or broken UTF-8, which PostgreSQL keeps in no text.
func unstorable(err error) bool { return postgresCode(err) == "22021" }

func sqliteCode(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

func postgresCode(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
