package main

import (
	"time"

	"sallyport/access"
	"sallyport/session"
	"sallyport/web/admin"
)

// askRoles asks the roles of a WorkSpaces directory's account, as entering
// does, and lets them overrule. Only a live session knows which roles an
// assertion named.
func (h *house) askRoles(app *access.Application, p *access.Person, live *session.Session, at time.Time, e *explanation) {
	if len(h.apps.EntryRoles(app)) == 0 {
		return
	}
	e.Allowed, e.Refusal = false, string(access.NoRole)
	if live == nil {
		e.Roles = append(e.Roles, explainRole{Sentence: "Entering takes a role of account " + app.WorkSpaces.AccountID + ", and which ones the identity provider names is known once they sign in."})
		return
	}
	for _, pair := range live.Roles {
		role := h.apps.Role(pair.RoleARN)
		if role == nil || role.Account() != app.WorkSpaces.AccountID {
			continue
		}
		told := h.askRole(role, pair, app, p, live, at)
		e.Roles = append(e.Roles, told)
		e.Allowed = e.Allowed || told.Allowed
		e.Refusal = string(access.RoleDenied)
	}
	if len(e.Roles) == 0 {
		e.Roles = append(e.Roles, explainRole{Sentence: "Their assertion names no role of account " + app.WorkSpaces.AccountID + " that is registered here."})
	}
	if e.Allowed {
		e.Refusal = ""
	}
}

func (h *house) askRole(role *access.Role, pair session.RolePair, app *access.Application, p *access.Person, live *session.Session, at time.Time) explainRole {
	if not := h.idps.NotProvider(live.IDP, pair.ProviderARN); not != "" {
		return explainRole{ARN: role.ARN, Sentence: not}
	}
	assumed, permitted := role.Stream(admin.AssertionBehind(h.idps, live, pair, p.Tags, p.Address), app.WorkSpaces, at)
	if !assumed.Allowed {
		return explainRole{ARN: role.ARN, Sentence: assumed.Message + " (" + assumed.Code + "). " + assumed.Because}
	}
	return explainRole{ARN: role.ARN, Allowed: permitted.Allowed, Sentence: assumed.Because + " " + permitted.Because}
}
