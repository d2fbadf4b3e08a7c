package scim

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"sallyport/directory"
	"sallyport/internal/fault"
)

// scimType values of RFC 7644 section 3.12 and RFC 9865 section 5.
const (
	invalidFilter = "invalidFilter"
	invalidPath   = "invalidPath"
	invalidSyntax = "invalidSyntax"
	invalidValue  = "invalidValue"
	invalidCursor = "invalidCursor"
	invalidCount  = "invalidCount"
	mutability    = "mutability"
	noTarget      = "noTarget"
	tooMany       = "tooMany"
	uniqueness    = "uniqueness"
)

// refusal is an error as RFC 7644 section 3.12 writes it. Detail is for
// whoever reads the robot's log: one plain sentence that says what to change.
// It must hold no value of a person's but what the request named.
type refusal struct {
	Status     int
	SCIMType   string // "" where the RFC has none
	Detail     string
	RetryAfter int    // seconds; 0: it does not say
	Allow      string // methods that work where this one does not
	Err        error
}

func (r *refusal) Error() string {
	if r.Err != nil {
		return fmt.Sprintf("%d %s: %s: %v", r.Status, r.SCIMType, r.Detail, r.Err)
	}
	return fmt.Sprintf("%d %s: %s", r.Status, r.SCIMType, r.Detail)
}

func (r *refusal) Unwrap() error { return r.Err }

// bad makes the 400 of a scimType.
func bad(scimType, format string, args ...any) *refusal {
	return &refusal{Status: http.StatusBadRequest, SCIMType: scimType, Detail: fmt.Sprintf(format, args...)}
}

// refuse makes one of another status, which has no scimType.
func refuse(status int, format string, args ...any) *refusal {
	return &refusal{Status: status, Detail: fmt.Sprintf(format, args...)}
}

// heldRetry is after how many seconds a robot may try again what the brake holds.
const heldRetry = 3600

// refusalOf says how err is answered. What is no fault of the caller's is a
// 500 without details.
func refusalOf(err error) *refusal {
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	detail := fault.Public(err)
	switch fault.KindOf(err) {
	case fault.Invalid:
		return &refusal{Status: http.StatusBadRequest, SCIMType: invalidValue, Detail: detail, Err: err}
	case fault.NotFound:
		return &refusal{Status: http.StatusNotFound, Detail: detail, Err: err}
	case fault.Conflict:
		if errors.Is(err, directory.ErrVersion) {
			return &refusal{Status: http.StatusPreconditionFailed, Detail: detail, Err: err}
		}
		return &refusal{Status: http.StatusConflict, SCIMType: uniqueness, Detail: detail, Err: err}
	case fault.Forbidden:
		return &refusal{Status: http.StatusForbidden, Detail: detail, Err: err}
	case fault.Unauthenticated:
		return &refusal{Status: http.StatusUnauthorized, Detail: detail, Err: err}
	case fault.Unavailable:
		if errors.Is(err, directory.ErrHeld) {
			return &refusal{Status: http.StatusTooManyRequests, Detail: detail, RetryAfter: heldRetry, Err: err}
		}
		return &refusal{Status: http.StatusServiceUnavailable, Detail: detail, RetryAfter: 1, Err: err}
	}
	return &refusal{Status: http.StatusInternalServerError, Detail: "Something went wrong on our side.", Err: err}
}

// appendRefusal writes the body of RFC 7644 section 3.12.
func appendRefusal(b []byte, r *refusal) []byte {
	b = append(b, `{"schemas":["`+errorSchema+`"]`...)
	if r.SCIMType != "" {
		b = append(b, `,"scimType":`...)
		b = appendString(b, r.SCIMType)
	}
	b = append(b, `,"detail":`...)
	b = appendString(b, r.Detail)
	b = append(b, `,"status":"`...)
	b = strconv.AppendInt(b, int64(r.Status), 10)
	return append(b, `"}`...)
}
