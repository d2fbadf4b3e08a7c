package admin

import (
	"time"

	"sallyport/access"
	"sallyport/session"
	"sallyport/web/ui"
)

// streamAction is what a role must permit on a WorkSpaces directory.
const streamAction = "workspaces:Stream"

// rolesSay asks the roles of a WorkSpaces directory's account, as entering
// does; asked is false where no role decides. Only a live session knows which
// roles an assertion named.
func (c *Console) rolesSay(app *access.Application, p access.Person, live *session.Session, at time.Time, a *ui.ReachAnswer) (allowed, asked bool) {
	roles := c.accountRoles(app)
	if app.Kind != access.KindWorkSpaces || len(roles) == 0 {
		return false, false
	}
	say := func(sentence string, lets bool) {
		a.Roles = append(a.Roles, ui.ReachStep{Sentence: sentence, Counts: true, Against: !lets})
	}
	if live == nil {
		say("Entering takes a role of account "+app.WorkSpaces.AccountID+", and which ones the identity provider names is known once they sign in.", false)
		return false, true
	}
	for _, pair := range live.Roles {
		role := c.Applications.Role(pair.RoleARN)
		if role == nil || accountOf(role.ARN) != app.WorkSpaces.AccountID {
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
		allowed = allowed || permitted.Allowed
	}
	if len(a.Roles) == 0 {
		say("Their assertion names no role of account "+app.WorkSpaces.AccountID+" that is registered here.", false)
	}
	return allowed, true
}

// assertionBehind is what a session's assertion said to a role's policies,
// with the tags that were asked for.
func (c *Console) assertionBehind(s *session.Session, pair session.RolePair, p access.Person) access.Assertion {
	said := access.Assertion{
		RoleARN: pair.RoleARN, ProviderARN: pair.ProviderARN, Subject: s.NameID.Value, SubjectType: s.SubType, Issuer: s.Issuer,
		Tags: p.Tags, RoleSessionName: s.RoleSessionName, SourceIdentity: s.SourceIdentity, Address: p.Address,
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
