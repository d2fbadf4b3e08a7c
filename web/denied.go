package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/mail"
	"strings"
	"sync"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
	"sallyport/session"
	"sallyport/web/ui"
)

// denied says which application it was, why not in plain words, whom to ask,
// and a reference at which an administrator finds what decided.
func (s *Server) denied(w http.ResponseWriter, r *http.Request, ses *session.Session, e *entry) error {
	app, no := e.to.target.Application, e.no
	reference, err := s.recordDenial(r.Context(), ses, e, reqctx.ClientIP(r.Context()))
	if err != nil {
		return err
	}
	why := whyDenied(no, e.to.set)
	if wantsJSON(r) {
		writeJSON(w, http.StatusForbidden, problem{Error: http.StatusText(http.StatusForbidden), Message: "You can't open " + titleOf(app) + ". " + why, Reference: reference})
		return nil
	}
	page := ui.Denied{
		Application: titleOf(app), Mark: markOf(app), Why: why, AskWhom: app.AskWhom, Reference: reference,
		Others: setChoices(e.to, no.others, ""), SignIn: loginPath(ses.IDP, e.to.link()), When: time.Now(),
	}
	if address, err := mail.ParseAddress(app.AskWhom); err == nil && address.Name == "" && address.Address == app.AskWhom {
		page.AskMail = "mailto:" + app.AskWhom
	}
	return s.ui.Render(w, http.StatusForbidden, ses.UserName, page)
}

// Denied records that the proxy in front of an application did not let a
// person in, and gives the reference and the reason in their words. The same
// again within a few minutes gives the same reference. fault.Unavailable where
// they are let in by now.
func (s *Server) Denied(ctx context.Context, ses *session.Session, app *access.Application, clientIP string) (reference, why string, err error) {
	ctx = reqctx.With(ctx, reqctx.Request{ID: reqctx.From(ctx).ID, ClientIP: clientIP})
	e, err := s.decide(ctx, ses, destination{target: access.Target{Application: app, URL: app.URL}})
	if err != nil {
		return "", "", err
	}
	if e.no == nil || e.no.refusal == access.StepUpNeeded {
		// What kept them out has changed this very moment.
		return "", "", fault.New(fault.Unavailable, "Your access to it has just changed. Reload the page.")
	}
	if reference, err = s.recordDenial(ctx, ses, e, clientIP); err != nil {
		return "", "", err
	}
	return reference, whyDenied(e.no, ""), nil
}

// whyDenied puts a refusal into a person's words. Names of rules and
// conditions are for the administrator.
func whyDenied(no *denial, set string) string {
	if no.why != "" {
		return no.why
	}
	switch no.refusal {
	// A set that does not exist and one that is not theirs are told alike:
	// names are not for guessing.
	case access.NotAssigned, access.NoSuchSet:
		if set != "" && len(no.others) > 0 {
			return "It has not been assigned to you with the permission set that the link asks for."
		}
		return "It has not been assigned to you."
	case access.AssignmentEnded:
		return "Your access to it ended on " + no.ended.UTC().Format("2 January 2006") + "."
	case access.ForbiddenByRule, access.NotPermitted:
		return "A rule keeps you out of it. Rules may look at your groups, at where you are, and at how and when you signed in."
	case access.RuleFailed:
		return "A rule of it could not be checked, and so it stays shut."
	case access.NoRole:
		return "Your sign-in brings no role that opens it."
	case access.RoleDenied:
		return "The role that your sign-in brings does not open it for you."
	}
	return "You may not enter it."
}

// recordDenial writes the event and gives its reference. Who asks the same
// again within a few minutes gets the same answer: neither a page that is
// reloaded nor made-up names of permission sets fill the record.
func (s *Server) recordDenial(ctx context.Context, ses *session.Session, e *entry, clientIP string) (string, error) {
	app := e.to.target.Application
	key := strings.Join([]string{ses.ID, app.ID, string(e.no.refusal)}, " ")
	switch set := s.o.Applications.PermissionSetNamed(e.to.set); {
	case e.to.set != "" && (e.no.refusal == access.NoSuchSet || e.no.refusal == access.NotAssigned):
		// One reference for them all: it would tell which names there are.
		key = strings.Join([]string{ses.ID, app.ID, "set"}, " ")
	case set != nil:
		key += " " + set.ID
	}
	if role := s.o.Applications.Role(e.to.role); role != nil {
		key += " " + role.ID
	}
	if known := s.denials.reference(key); known != "" {
		return known, nil
	}
	event := audit.New(audit.AccessDenied, "user:"+ses.UserID)
	event.IDP, event.Person, event.Object, event.ClientIP = ses.IDP, ses.UserName, "application:"+app.ID, clientIP
	event.Reason, event.Reference = string(e.no.refusal), session.NewReference()
	var err error
	if event.Detail, err = json.Marshal(e.no.detail); err != nil {
		return "", fmt.Errorf("describe why %s was denied: %w", app.Name, err)
	}
	if err := s.o.Events.AppendEvent(ctx, event); err != nil {
		return "", fmt.Errorf("record that %s was denied: %w", app.Name, err)
	}
	s.denials.keep(key, event.Reference)
	return event.Reference, nil
}

// Bounds of what is known of denials.
const (
	sameDenial = 5 * time.Minute
	maxDenials = 10_000
)

// denials are the references that people were shown lately.
type denials struct {
	mu   sync.Mutex
	seen map[string]seenDenial
}

type seenDenial struct {
	reference string
	at        time.Time
}

func newDenials() *denials { return &denials{seen: map[string]seenDenial{}} }

func (d *denials) reference(key string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	known := d.seen[key]
	if time.Since(known.at) > sameDenial {
		return ""
	}
	return known.reference
}

func (d *denials) keep(key, reference string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.seen) >= maxDenials {
		clear(d.seen) // some pages get a new reference, and nothing worse
	}
	d.seen[key] = seenDenial{reference, time.Now()}
}
