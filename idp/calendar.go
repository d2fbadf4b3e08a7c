package idp

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// CalendarStore keeps the hash of the one token that opens the calendar.
type CalendarStore interface {
	// SaveCalendar puts a token's hash in the place of the one before.
	SaveCalendar(ctx context.Context, tokenHash []byte, e audit.Event) error
	// Calendar reports whether it is that one's hash; fault.NotFound.
	Calendar(ctx context.Context, tokenHash []byte) error
}

// MakeCalendar makes the token of the calendar of Expiries, for programs that
// can't sign in. It is kept nowhere, and the one before stops working.
func (r *Registry) MakeCalendar(ctx context.Context, actor string) (token string, err error) {
	raw := make([]byte, setupTokenSize)
	rand.Read(raw) // never fails: crypto/rand
	token = base64.RawURLEncoding.EncodeToString(raw)
	if err := r.store.SaveCalendar(ctx, setupHash(token), audit.New(audit.CalendarMade, actor)); err != nil {
		return "", fmt.Errorf("save the calendar's address: %w", err)
	}
	return token, nil
}

// OpenCalendar checks a token; fault.NotFound.
func (r *Registry) OpenCalendar(ctx context.Context, token string) error {
	if len(token) != base64.RawURLEncoding.EncodedLen(setupTokenSize) {
		return errNoCalendar
	}
	err := r.store.Calendar(ctx, setupHash(token))
	if fault.KindOf(err) == fault.NotFound {
		return errNoCalendar
	}
	if err != nil {
		return fmt.Errorf("find the calendar's address: %w", err)
	}
	return nil
}

var errNoCalendar = fault.New(fault.NotFound, "This calendar address does not work any more. An administrator can make a new one on the certificates page.")
