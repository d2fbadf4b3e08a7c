package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"sallyport/idp"
	"sallyport/internal/fault"
)

// Bounds of forms that are kept.
const (
	formFor        = 15 * time.Minute
	MaxForm        = 256 << 10 // bytes of a form that is kept
	MaxForms       = 3         // of one session, waiting
	maxFormAddress = 8 << 10   // bytes of where it was going
)

// KeepForm keeps a form that was sent to address, of host, with the token of a
// session that is over or of which more is asked now, for the person of that
// session. It gives the handle by which the browser, whose token browser is,
// gets it back. fault.Invalid where the body is too large or the address is
// not of host; fault.Unauthenticated where the token says nothing of whose
// session it was; fault.Conflict where too many are waiting.
func (m *Manager) KeepForm(ctx context.Context, token, host, browser, address string, body []byte) (handle string, err error) {
	switch {
	case len(body) > MaxForm:
		return "", fault.New(fault.Invalid, "The form is too large to be kept.")
	case !addressOf(address, host):
		return "", fault.New(fault.Invalid, "The form was not for this address.")
	case m.recorder.sealer == nil:
		return "", fault.New(fault.Unavailable, "Forms are not kept here.")
	case BrowserHash(browser) == nil:
		return "", unauthenticated()
	}
	d, err := m.doorOf(ctx, token, host)
	if err != nil {
		return "", err
	}
	handle = newToken()
	f := &KeptForm{
		Hash: hashToken(handle), SessionID: d.Session.ID, UserID: d.Session.UserID, Host: host, URL: address,
		BrowserHash: hashToken(browser), ExpiresAt: time.Now().Add(formFor),
	}
	if f.Sealed, err = m.recorder.sealer.Seal(packed(f.label(), body)); err != nil {
		return "", fmt.Errorf("seal a form for %s: %w", host, err)
	}
	if err := m.store.SaveForm(ctx, f); err != nil {
		return "", fmt.Errorf("keep a form for %s: %w", host, err)
	}
	return handle, nil
}

// formLabel is sealed with a form, so that no sealed text passes for that of
// another row.
type formLabel struct {
	Hash   []byte `json:"hash"`
	UserID string `json:"user_id"`
	URL    string `json:"url"`
}

func (f *KeptForm) label() formLabel { return formLabel{f.Hash, f.UserID, f.URL} }

// body opens the form. The error holds nothing of its content.
func (f *KeptForm) body(sealer idp.Sealer) ([]byte, error) {
	plain, err := sealer.Open(f.Sealed)
	if err != nil {
		return nil, fmt.Errorf("open a kept form of %s: %w", f.Host, err)
	}
	var label formLabel
	body, ok := unpacked(plain, &label)
	if !ok || !bytes.Equal(label.Hash, f.Hash) || label.UserID != f.UserID || label.URL != f.URL {
		return nil, errors.New("a kept form of " + f.Host + " holds that of another")
	}
	return body, nil
}

// addressOf reports whether address is an absolute URL of host.
func addressOf(address, host string) bool {
	if host == "" || len(address) > maxFormAddress {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.User == nil && strings.EqualFold(u.Host, host)
}
