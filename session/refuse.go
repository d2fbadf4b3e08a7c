package session

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// Refused is a sign-in, or a message of single logout, that did not count. Its
// event is saved.
type Refused struct {
	Reference string // what the person is shown: "4F7Q-22KD"
	Reason    saml.Reason
	Target    string // where "try again" may lead, or ""
	Err       error
}

func (r *Refused) Error() string { return "refused: " + string(r.Reason) }
func (r *Refused) Unwrap() error { return r.Err }

// Refuse records a sign-in that was refused before there was a response to
// verify (a disabled connection, an oversized body) and gives its reference.
func (m *Manager) Refuse(ctx context.Context, slug, clientIP string, err *saml.Error) *Refused {
	return m.refuse(ctx, refusedSignIn{idp: slug, clientIP: clientIP}, err)
}

// refusedSignIn is what is known of a sign-in, or of a message of single
// logout, when it is refused.
type refusedSignIn struct {
	tested   bool // by an administrator, before activation
	logout   bool // a message of single logout
	idp      string
	clientIP string
	person   string // only what was verified
	object   string
	target   string
	flow     string
	dropped  []DroppedTag
	response response // what may be kept of it
}

// refuse saves the event of a refusal. Where that fails the refusal stands
// all the same, and the log says so; a caller who hangs up early leaves an
// event too.
func (m *Manager) refuse(ctx context.Context, in refusedSignIn, failed *saml.Error) *Refused {
	refused, event := newRefusal(in, failed)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := m.saveRefusal(ctx, m.recordRefused(ctx, in, refused), event); err != nil {
		// The error itself stays out: a driver may quote what it was given.
		m.log.LogAttrs(ctx, slog.LevelError, "a refusal could not be recorded",
			slog.String("reference", refused.Reference),
			slog.String("reason", string(refused.Reason)),
			slog.String("kind", string(fault.KindOf(err))))
	}
	return refused
}

func (m *Manager) saveRefusal(ctx context.Context, r *Recording, e audit.Event) error {
	if r == nil {
		return m.events.AppendEvent(ctx, e)
	}
	return m.store.RecordRefusal(ctx, r, e)
}

func newRefusal(in refusedSignIn, failed *saml.Error) (*Refused, audit.Event) {
	refused := &Refused{Reference: NewReference(), Reason: failed.Reason, Target: in.target, Err: failed}
	e := audit.New(audit.SignInRefused, "system")
	switch {
	case in.tested:
		e.Action = audit.SignInTested
	case in.logout:
		e.Action = audit.LogoutRefused
	}
	e.IDP, e.Object, e.Person = clip(in.idp, maxSlug), in.object, clip(in.person, maxNameID)
	e.Reference, e.Reason, e.ClientIP = refused.Reference, string(failed.Reason), in.clientIP
	e.Detail = encode(RefusalDetail{
		Flow:    in.flow,
		Want:    clip(failed.Want, maxDetail),
		Got:     clip(failed.Got, maxDetail),
		Checks:  clipChecks(failed.Checks),
		Dropped: in.dropped,
	})
	return refused, e
}

// asRefusal finds the refusal in err; nil where err is our own failure.
func asRefusal(err error) *saml.Error {
	var failed *saml.Error
	if errors.As(err, &failed) {
		return failed
	}
	return nil
}
