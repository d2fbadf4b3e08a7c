package session

import (
	"context"
	"fmt"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// RawResponse gives the response behind a refused sign-in's reference, as XML
// (or as it came where it was none). Who read it is recorded first: without
// that event nobody reads. fault.NotFound where it was not kept, or no longer
// is; accepted responses have no reference and are given to nobody.
func (m *Manager) RawResponse(ctx context.Context, reference, actor string) ([]byte, error) {
	if m.recorder.sealer == nil || reference == "" {
		return nil, notKept()
	}
	r, err := m.store.RecordingByReference(ctx, reference)
	if fault.KindOf(err) == fault.NotFound {
		return nil, notKept()
	}
	if err != nil {
		return nil, fmt.Errorf("find the response of %s: %w", reference, err)
	}
	if r.Accepted || r.Reference != reference {
		return nil, notKept()
	}
	c, raw, err := r.unseal(m.recorder.sealer)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, "This response was kept, but can't be opened: it was sealed under another secret, or changed.", err)
	}
	e := audit.New(audit.SignInRawViewed, actor)
	e.IDP, e.Object, e.Person, e.Reason = r.IDP, "signin:"+reference, c.Person, string(c.Reason)
	if err := m.events.AppendEvent(ctx, e); err != nil {
		return nil, fmt.Errorf("record who reads the response of %s: %w", reference, err)
	}
	return raw, nil
}

func notKept() error {
	return fault.New(fault.NotFound, "The response of this sign-in was not kept, or is no longer.")
}
