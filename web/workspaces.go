package web

import (
	"context"
	"fmt"
	"time"

	"sallyport/access"
	"sallyport/session"
	"sallyport/web/admin"
)

// assumable is a role of a sign-in that leads into an application.
type assumable struct {
	role  *access.Role
	pair  session.RolePair
	lasts time.Duration
}

// assumableRoles tries the roles that the assertion named, or the one that was
// chosen among them, as AWS would: the trust policy must let the person assume
// it, its policies must permit to stream from the directory. Where none does,
// why tells what was wrong with each.
func (s *Server) assumableRoles(ctx context.Context, ses *session.Session, app *access.Application, chosen string, now time.Time) (found []assumable, why []string, refusal access.Refusal) {
	refusal = access.NoRole
	tried := map[string]bool{}
	for _, pair := range ses.Roles {
		role := s.o.Applications.Role(pair.RoleARN)
		if role == nil || role.Account() != app.WorkSpaces.AccountID || tried[role.ARN] || (chosen != "" && role.ARN != chosen) {
			continue
		}
		refusal = access.RoleDenied
		one, because := s.tryRole(ctx, ses, app, role, pair, now)
		if because != "" {
			why = append(why, because)
			continue
		}
		tried[role.ARN] = true
		found = append(found, one)
	}
	if refusal == access.NoRole {
		why = []string{fmt.Sprintf("Entering %s takes a role of account %s that is registered here, and the assertion names none (%d others).", app.Name, app.WorkSpaces.AccountID, len(ses.Roles))}
	}
	return found, why, refusal
}

// tryRole assumes one role and asks it for the directory; because is "" where
// both are allowed.
func (s *Server) tryRole(ctx context.Context, ses *session.Session, app *access.Application, role *access.Role, pair session.RolePair, now time.Time) (one assumable, because string) {
	if not := s.o.Registry.NotProvider(ses.IDP, pair.ProviderARN); not != "" {
		return one, role.ARN + ": " + not
	}
	assertion := admin.AssertionBehind(s.o.Registry, ses, pair, tagsOf(ses), addressOf(ctx))
	assumed, permitted := role.Stream(assertion, app.WorkSpaces, now)
	if !assumed.Allowed {
		return one, fmt.Sprintf("%s: %s (%s). %s", role.ARN, assumed.Message, assumed.Code, assumed.Because)
	}
	if !permitted.Allowed {
		return one, fmt.Sprintf("%s: not authorized to perform %s on %s. %s", role.ARN, access.StreamAction, app.WorkSpaces.StreamResource(), permitted.Because)
	}
	return assumable{role: role, pair: pair, lasts: min(assumed.Lasts, ses.ExpiresAt.Sub(now))}, ""
}
