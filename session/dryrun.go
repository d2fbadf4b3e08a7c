package session

import (
	"context"
	"fmt"
	"time"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// DryRun is what would have become of recorded sign-ins.
type DryRun struct {
	Tried      int // accepted responses that were verified again
	Pass       int // of them, those that would begin a session again
	Failures   []DryRunFailure
	Gained     int // refused responses that would begin a session
	Unreadable int // recordings that don't open: sealed under another secret
}

// DryRunFailure is an accepted response that would be refused.
type DryRunFailure struct {
	At     time.Time // when it came
	Person string
	Reason saml.Reason
	Want   string
	Got    string
}

// DryRun verifies the recorded responses of a connection again, with the
// candidate instead of what is live: each at the time when it came, as the
// answer to the request that it answered then. It reads and changes nothing.
// One runs at a time; others wait for it as long as ctx lasts.
func (m *Manager) DryRun(ctx context.Context, candidate *idp.Connection) (*DryRun, error) {
	if candidate == nil || candidate.Trust == nil {
		return nil, fault.New(fault.Invalid, "There is nothing to try: no draft waits that could be activated.")
	}
	out := &DryRun{}
	if m.recorder.sealer == nil || RecordFor(candidate.Provider.Settings) == 0 {
		return out, nil
	}
	select {
	case m.dryRuns <- struct{}{}:
		defer func() { <-m.dryRuns }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for _, accepted := range []bool{true, false} {
		err := m.replay(ctx, candidate, accepted, out)
		if err != nil {
			return nil, fmt.Errorf("try connection %s on recorded sign-ins: %w", candidate.Provider.Slug, err)
		}
	}
	return out, nil
}

// replayStep bounds how many recordings are in memory at once.
const replayStep = 10

// replay tries the accepted or the refused recordings, newest first.
func (m *Manager) replay(ctx context.Context, candidate *idp.Connection, accepted bool, out *DryRun) error {
	f := RecordingFilter{IDP: candidate.Provider.Slug, Accepted: accepted, Limit: replayStep}
	for {
		page, err := m.store.Recordings(ctx, f)
		if err != nil {
			return fmt.Errorf("list recordings: %w", err)
		}
		for _, r := range page {
			if err := m.replayOne(ctx, candidate, r, out); err != nil {
				return err
			}
		}
		if len(page) < replayStep {
			return nil
		}
		f.Before = page[len(page)-1].ID
	}
}

func (m *Manager) replayOne(ctx context.Context, candidate *idp.Connection, r *Recording, out *DryRun) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c, raw, err := r.unseal(m.recorder.sealer)
	if err != nil {
		out.Unreadable++
		return nil
	}
	if !r.Accepted && !c.curable() {
		return nil
	}
	err = m.judgeAgain(ctx, candidate, c, raw, r.At)
	failed := asRefusal(err)
	if err != nil && failed == nil {
		return fmt.Errorf("verify recording %s: %w", r.ID, err)
	}
	switch {
	case !r.Accepted && failed == nil:
		out.Gained++
	case r.Accepted && failed == nil:
		out.Tried++
		out.Pass++
	case r.Accepted:
		out.Tried++
		out.Failures = append(out.Failures, DryRunFailure{
			At: r.At, Person: c.Person, Reason: failed.Reason,
			Want: clip(failed.Want, maxDetail), Got: clip(failed.Got, maxDetail),
		})
	}
	return nil
}

// judgeAgain is what Receive does with a response before anything is written.
func (m *Manager) judgeAgain(ctx context.Context, candidate *idp.Connection, c *circumstances, raw []byte, at time.Time) error {
	a, err := saml.Verify(raw, saml.VerifyOptions{
		Trust:            candidate.Trust,
		Now:              at,
		AllowUnsolicited: candidate.Provider.Settings.Unsolicited != idp.UnsolicitedRefuse,
		Request:          c.request,
	})
	if err != nil {
		return err
	}
	_, err = m.consider(ctx, candidate.Provider, a, at)
	return err
}

// request is the pending sign-in as it was when the response came.
func (c *circumstances) request(id string) (*saml.Request, bool, error) {
	switch {
	case c.Request != nil && c.Request.ID == id:
		return &saml.Request{
			ID: id, IssuedAt: c.Request.At,
			ForceAuthn: c.Request.ForceAuthn, RequestedAuthnContext: c.Request.RequestedAuthnContext,
		}, true, nil
	case c.Request != nil || c.Accepted:
		return nil, false, nil
	default:
		// It was refused before anybody looked for its request, such as by a
		// certificate that was not known. Most of these are answers to us.
		return &saml.Request{ID: id, IssuedAt: time.UnixMilli(c.At).Add(-pendingFor)}, true, nil
	}
}

// curable reports whether a refusal could be of the connection's making: not a
// trial, and not what only the database knew.
func (c *circumstances) curable() bool {
	switch c.Reason {
	case saml.Replayed, saml.UnknownRequest, saml.UserUnknown, saml.UserInactive, saml.UserNameCase, saml.WrongBrowser:
		return false
	}
	return !c.Tested
}
