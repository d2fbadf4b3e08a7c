package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/session"
)

// streamAction is what a role must permit on the directory of a WorkSpaces
// application, for the person whose NameID is workspaces:userId.
const streamAction = "workspaces:Stream"

// assumable is a role of a sign-in that leads into an application.
type assumable struct {
	role  *access.Role
	pair  session.RolePair
	lasts time.Duration
}

// needsRole reports whether an application is entered by a role: one of
// Amazon WorkSpaces, where a role of its account is registered here.
func (s *Server) needsRole(app *access.Application) bool {
	if app.Kind != access.KindWorkSpaces || app.WorkSpaces == nil {
		return false
	}
	return slices.ContainsFunc(s.o.Applications.Roles(), func(r *access.Role) bool {
		return accountOf(r.ARN) == app.WorkSpaces.AccountID
	})
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
		if role == nil || accountOf(role.ARN) != app.WorkSpaces.AccountID || tried[role.ARN] || (chosen != "" && role.ARN != chosen) {
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
	a := s.assertionOf(ctx, ses, pair)
	assumed := role.Assume(a, now)
	if !assumed.Allowed {
		return one, fmt.Sprintf("%s: %s (%s). %s", role.ARN, assumed.Message, assumed.Code, assumed.Because)
	}
	permitted := role.Permits(a, streamAction, app.WorkSpaces.StreamResource(), map[string]string{"workspaces:userId": ses.NameID.Value}, now)
	if !permitted.Allowed {
		return one, fmt.Sprintf("%s: not authorized to perform %s on %s. %s", role.ARN, streamAction, app.WorkSpaces.StreamResource(), permitted.Because)
	}
	return assumable{role: role, pair: pair, lasts: min(assumed.Lasts, ses.ExpiresAt.Sub(now))}, ""
}

// assertionOf is what the assertion behind a session says to a role's
// policies. All session tags count as passed, however they arrived.
func (s *Server) assertionOf(ctx context.Context, ses *session.Session, pair session.RolePair) access.Assertion {
	a := access.Assertion{
		RoleARN:         pair.RoleARN,
		ProviderARN:     pair.ProviderARN,
		Subject:         ses.NameID.Value,
		SubjectType:     ses.SubType,
		Issuer:          ses.Issuer,
		Tags:            tagsOf(ses),
		RoleSessionName: ses.RoleSessionName,
		SourceIdentity:  ses.SourceIdentity,
		Duration:        ses.Duration,
		Address:         addressOf(ctx),
	}
	if c := s.o.Registry.Connection(ses.IDP); c != nil && len(c.SP.ACSURLs) > 0 {
		a.Audience = c.SP.ACSURLs[0]
	}
	for _, t := range ses.Tags {
		if t.Transitive {
			a.TransitiveTags = append(a.TransitiveTags, t.Key)
		}
	}
	return a
}

// accountOf is the account in a role's ARN.
func accountOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}
