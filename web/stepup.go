package web

import (
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
	case ses.Target == stepMark+e.to.link() && time.Since(ses.BeganAt) < oneStep:
		e.no.why = notEnough(need, ses)
		return s.denied(w, r, ses, e)
	case wantsJSON(r):
		e.no.why = "It asks you to sign in again."
		return s.denied(w, r, ses, e)
	}
	message, err := s.o.Sessions.Begin(r.Context(), c, session.Start{
		Target:        stepMark + e.to.link(),
		Browser:       s.o.Cookies.Browser(w, r),
		ForceAuthn:    need.MaxAge > 0,
		AuthnContexts: need.Contexts,
	})
	if err != nil {
		return err
	}
	return s.send(w, r, c, message)
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
