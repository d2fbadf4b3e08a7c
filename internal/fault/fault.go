// Package fault sorts errors by what the far side may be told. A room or a
// store returns a *fault.Error where the caller can act on the difference;
// every other error is internal, and its text never leaves the process.
package fault

import "errors"

// Kind says what went wrong in words that an edge can map to a status.
type Kind string

const (
	Invalid         Kind = "invalid"         // the input is wrong; 400 or 422
	NotFound        Kind = "not_found"       // 404
	Conflict        Kind = "conflict"        // exists already, or was changed meanwhile; 409
	Forbidden       Kind = "forbidden"       // 403
	Unauthenticated Kind = "unauthenticated" // 401
	Unavailable     Kind = "unavailable"     // try again; 503
	Internal        Kind = "internal"        // everything else; 500
)

// Error is an error with a sentence that may be shown.
type Error struct {
	Kind   Kind
	Public string // short, plain, says what to do next; may be shown to anyone
	Err    error  // never leaves the process; may be nil
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Public + ": " + e.Err.Error()
	}
	return e.Public
}

func (e *Error) Unwrap() error { return e.Err }

// New makes an Error without a cause.
func New(kind Kind, public string) *Error { return &Error{Kind: kind, Public: public} }

// Wrap makes an Error around err.
func Wrap(kind Kind, public string, err error) *Error {
	return &Error{Kind: kind, Public: public, Err: err}
}

// KindOf is the kind of the first *Error in err's chain, Internal for any
// other error, and "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Public is the sentence of err that may be shown, or a general one.
func Public(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Public != "" {
		return e.Public
	}
	return "Something went wrong on our side."
}
