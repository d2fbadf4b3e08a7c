package main

import (
	"slices"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/session"
)

// streamAction is what a role must permit on a WorkSpaces directory.
const streamAction = "workspaces:Stream"

// askRoles asks the roles of a WorkSpaces directory's account, as entering
// does, and lets them overrule. Only a live session knows which roles an
// assertion named.
func (h *house) askRoles(app *access.Application, p *access.Person, live *session.Session, at time.Time, e *explanation) {
	if app.Kind != access.KindWorkSpaces {
		return
	}
	ofAccount := func(r *access.Role) bool { return strings.Contains(r.ARN, ":iam::"+app.WorkSpaces.AccountID+":role/") }
	if !slices.ContainsFunc(h.apps.Roles(), ofAccount) {
		return
	}
	e.Allowed, e.Refusal = false, string(access.NoRole)
	if live == nil {
		e.Roles = append(e.Roles, explainRole{Sentence: "Entering takes a role of account " + app.WorkSpaces.AccountID + ", and which ones the identity provider names is known once they sign in."})
		return
	}
	for _, pair := range live.Roles {
		role := h.apps.Role(pair.RoleARN)
		if role == nil || !ofAccount(role) {
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
	said := access.Assertion{
		RoleARN: pair.RoleARN, ProviderARN: pair.ProviderARN, Subject: live.NameID.Value, SubjectType: live.SubType, Issuer: live.Issuer,
		Tags: p.Tags, RoleSessionName: live.RoleSessionName, SourceIdentity: live.SourceIdentity, Duration: live.Duration, Address: p.Address,
	}
	if c := h.idps.Connection(live.IDP); c != nil && len(c.SP.ACSURLs) > 0 {
		said.Audience = c.SP.ACSURLs[0]
	}
	for _, t := range live.Tags {
		if t.Transitive {
			said.TransitiveTags = append(said.TransitiveTags, t.Key)
		}
	}
	assumed := role.Assume(said, at)
	if !assumed.Allowed {
		return explainRole{ARN: role.ARN, Sentence: assumed.Message + " (" + assumed.Code + "). " + assumed.Because}
	}
	permitted := role.Permits(said, streamAction, app.WorkSpaces.StreamResource(), map[string]string{"workspaces:userId": live.NameID.Value}, at)
	return explainRole{ARN: role.ARN, Allowed: permitted.Allowed, Sentence: assumed.Because + " " + permitted.Because}
}
