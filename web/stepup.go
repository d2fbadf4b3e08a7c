package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/session"
)

// stepMark stands before the target of a sign-in by which somebody signs in
// again, in the way that an application demands. Only stepUp writes it: what
// strangers say of where to go loses it.
const stepMark = "step-up:"

// oneStep is how long such a sign-in counts as the answer. Where it was not
// enough, asking the identity provider at once again would lead in a circle.
const oneStep = time.Minute

// stepUp sends a person back to their identity provider, to sign in as the
// application demands, and then to where they are now.
func (s *Server) stepUp(w http.ResponseWriter, r *http.Request, ses *session.Session, e *entry) error {
	need := e.no.stepUp
	c := s.o.Registry.Connection(ses.IDP)
	switch {
	case c == nil || !c.Active():
		e.no.why = "It asks you to sign in again, and the identity provider that you came from is not open here at the moment."
		return s.denied(w, r, ses, e)
	case s.steppedUp(ses, e.to):
		e.no.why = notEnough(need, ses)
		return s.denied(w, r, ses, e)
	case wantsJSON(r):
		e.no.why = "It asks you to sign in again."
		return s.denied(w, r, ses, e)
	}
	message, err := s.o.Sessions.Begin(r.Context(), c, session.Start{
		Target:  stepMark + e.to.link(),
		Browser: s.o.Cookies.Browser(w, r),
		// For a context alone too: an identity provider that would answer from
		// its own session, which was begun in another way, gives an error
		// instead (Entra's AADSTS75011).
		ForceAuthn:    true,
		AuthnContexts: need.Contexts,
	})
	if err != nil {
		return err
	}
	return s.send(w, r, c, message)
}

// steppedUp reports whether a session began a moment ago, to enter this very
// place.
func (s *Server) steppedUp(ses *session.Session, to destination) bool {
	before, ok := strings.CutPrefix(ses.Target, stepMark)
	return ok && time.Since(ses.BeganAt) < oneStep && s.destination(before).plain().link() == to.plain().link()
}

// stepUpThere answers the proxy that asks for another sign-in where we would
// let the person in as they are: once by a sign-in, and then by a page that
// says how the two can differ.
func (s *Server) stepUpThere(w http.ResponseWriter, r *http.Request, ses *session.Session, e *entry) error {
	need, err := s.stepUpAnywhere(r.Context(), ses, e)
	if err != nil {
		return err
	}
	if s.steppedUp(ses, e.to) {
		e.no = &denial{refusal: access.StepUpNeeded, stepUp: need, why: seenElsewhere(need)}
		q := access.Question{Application: e.to.target.Application.Name, PermissionSet: e.to.set}
		e.no.detail = access.NewDenialDetail(q, &access.Decision{Refusal: access.StepUpNeeded},
			stepUpSays(need, ses), fmt.Sprintf("Seen at %s by this service, they may enter. The proxy in front of the application sees them at another address, and asks for more.", addressOf(r.Context())))
		return s.denied(w, r, ses, e)
	}
	e.no = &denial{refusal: access.StepUpNeeded, stepUp: need}
	return s.stepUp(w, r, ses, e)
}

// stepUpAnywhere is what somebody has to show who comes from nowhere that
// rules know of, or else just another sign-in.
func (s *Server) stepUpAnywhere(ctx context.Context, ses *session.Session, e *entry) (access.StepUp, error) {
	p, err := s.person(ctx, ses)
	if err != nil {
		return access.StepUp{}, err
	}
	app := e.to.target.Application
	d := s.o.Applications.Decide(access.NewFacts(p), access.Question{Application: app.Name, PermissionSet: e.to.set, At: time.Now()})
	if d.Refusal == access.StepUpNeeded {
		return d.StepUp, nil
	}
	return access.StepUp{Contexts: app.StepUp.Contexts, MaxAge: time.Minute}, nil
}

// seenElsewhere tells the person.
func seenElsewhere(need access.StepUp) string {
	return "A rule looks at where you are, and the proxy in front of it sees you at another network address than we do. Coming from there, it asks for " + wanted(need) + "; you signed in again, and that was not enough. Come through one network (a VPN for one of the two makes such a difference), or show this page to your administrator."
}

// notEnough tells what was wanted, and what the identity provider said.
func notEnough(need access.StepUp, ses *session.Session) string {
	return "You signed in again, and that was not enough. It asks for " + wanted(need) + ". Your identity provider said: " + said(ses) + "."
}

// stepUpSays tells an administrator the same.
func stepUpSays(need access.StepUp, ses *session.Session) string {
	sentence := "Entering takes " + wanted(need) + ". The identity provider said: " + said(ses) + "."
	if strings.HasPrefix(ses.Target, stepMark) {
		sentence += " That was the answer to a request for a sign-in of this kind."
	}
	return sentence
}

func wanted(need access.StepUp) string {
	var parts []string
	switch len(need.Contexts) {
	case 0:
	case 1:
		parts = append(parts, "of the kind "+need.Contexts[0])
	default:
		parts = append(parts, "of one of the kinds "+strings.Join(need.Contexts, ", "))
	}
	if need.MaxAge > 0 {
		parts = append(parts, fmt.Sprintf("at most %s old", inWords(need.MaxAge)))
	}
	if len(parts) == 0 {
		return "another sign-in"
	}
	return "a sign-in " + strings.Join(parts, ", ")
}

func inWords(d time.Duration) string {
	switch minutes := int(d / time.Minute); {
	case d < time.Minute || d%time.Minute != 0:
		return fmt.Sprintf("%d seconds", int(d/time.Second))
	case minutes == 1:
		return "a minute"
	default:
		return fmt.Sprintf("%d minutes", minutes)
	}
}

func said(ses *session.Session) string {
	context := "of no kind that it names"
	if ses.AuthnContext != "" {
		context = "of the kind " + ses.AuthnContext
	}
	if ses.AuthnInstant.IsZero() {
		return "a sign-in " + context
	}
	return "a sign-in " + context + ", at " + ses.AuthnInstant.UTC().Format("15:04:05 on 2 January 2006") + " UTC"
}
