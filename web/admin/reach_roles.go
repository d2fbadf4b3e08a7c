package admin

import (
	"time"

	"sallyport/access"
	"sallyport/session"
	"sallyport/web/ui"
)

// roleUnknown is no refusal of entering: only of a question about somebody
// who is not signed in.
const roleUnknown access.Refusal = "role_unknown"

// rolesSay asks the roles of a WorkSpaces directory's account, as entering
// does; "" where one lets the person through, or none decides. Only a live
// session knows which roles an assertion named.
func (c *Console) rolesSay(app *access.Application, p access.Person, live *session.Session, at time.Time, a *ui.ReachAnswer) access.Refusal {
	if len(c.Applications.EntryRoles(app)) == 0 {
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
		if role == nil || role.Account() != app.WorkSpaces.AccountID {
			continue
		}
		if refusal == access.NoRole {
			refusal = access.RoleDenied
		}
		if not := c.Registry.NotProvider(live.IDP, pair.ProviderARN); not != "" {
			say(role.ARN+": "+not, false)
			continue
		}
		assumed, permitted := role.Stream(AssertionBehind(c.Registry, live, pair, p.Tags, p.Address), app.WorkSpaces, at)
		if !assumed.Allowed {
			say(role.ARN+": "+assumed.Message+" ("+assumed.Code+"). "+assumed.Because, false)
			continue
		}
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
