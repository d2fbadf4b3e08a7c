package admin

import (
	"time"

	"sallyport/access"
	"sallyport/session"
	"sallyport/web/ui"
)

// streamAction is what a role must permit on a WorkSpaces directory.
const streamAction = "workspaces:Stream"

// roleUnknown is no refusal of entering: only of a question about somebody
// who is not signed in.
const roleUnknown access.Refusal = "role_unknown"

// rolesSay asks the roles of a WorkSpaces directory's account, as entering
// does; "" where one lets the person through, or none decides. Only a live
// session knows which roles an assertion named.
func (c *Console) rolesSay(app *access.Application, p access.Person, live *session.Session, at time.Time, a *ui.ReachAnswer) access.Refusal {
	if app.Kind != access.KindWorkSpaces || len(c.accountRoles(app)) == 0 {
		return ""
	}
	say := func(sentence string, lets bool) {
		a.Roles = append(a.Roles, ui.ReachStep{Sentence: sentence, Counts: true, Against: !lets})
	}
	if live == nil {
		say("Entering takes a role of account "+app.WorkSpaces.AccountID+", and which ones the identity provider names is known once they sign in.", false)
		return roleUnknown
	}
	refusal := access.NoRole
	for _, pair := range live.Roles {
		role := c.Applications.Role(pair.RoleARN)
		if role == nil || accountOf(role.ARN) != app.WorkSpaces.AccountID {
			continue
		}
		if refusal == access.NoRole {
			refusal = access.RoleDenied
		}
		if not := c.Registry.NotProvider(live.IDP, pair.ProviderARN); not != "" {
			say(role.ARN+": "+not, false)
			continue
		}
		said := c.assertionBehind(live, pair, p)
		assumed := role.Assume(said, at)
		if !assumed.Allowed {
			say(role.ARN+": "+assumed.Message+" ("+assumed.Code+"). "+assumed.Because, false)
			continue
		}
		permitted := role.Permits(said, streamAction, app.WorkSpaces.StreamResource(), map[string]string{"workspaces:userId": live.NameID.Value}, at)
		say(role.ARN+": "+assumed.Because+" "+permitted.Because, permitted.Allowed)
		if permitted.Allowed {
			refusal = ""
		}
	}
	if refusal == access.NoRole {
		say("Their assertion names no role of account "+app.WorkSpaces.AccountID+" that is registered here.", false)
	}
	return refusal
}

// assertionBehind is what a session's assertion said to a role's policies,
// with the tags that were asked for.
func (c *Console) assertionBehind(s *session.Session, pair session.RolePair, p access.Person) access.Assertion {
	said := access.Assertion{
		RoleARN: pair.RoleARN, ProviderARN: pair.ProviderARN, Subject: s.NameID.Value, SubjectType: s.SubType, Issuer: s.Issuer,
		Tags: p.Tags, RoleSessionName: s.RoleSessionName, SourceIdentity: s.SourceIdentity, Duration: s.Duration, Address: p.Address,
	}
	if connection := c.Registry.Connection(s.IDP); connection != nil && len(connection.SP.ACSURLs) > 0 {
		said.Audience = connection.SP.ACSURLs[0]
	}
	for _, t := range s.Tags {
		if t.Transitive {
			said.TransitiveTags = append(said.TransitiveTags, t.Key)
		}
	}
	return said
}
