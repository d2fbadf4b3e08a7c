package scim

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"sallyport/directory"
	"sallyport/internal/reqctx"
)

// What the provisioning log keeps of one request.
const (
	keptBody = 64 << 10 // bytes of a body; longer ones are not kept
	keptPath = 2000
)

// about notes what the call is about, for the provisioning log.
func (c *call) about(resource, id, person string) {
	c.Record.Resource, c.Record.ObjectID, c.Record.Person = resource, clip(id, 100), clip(person, 500)
}

// record gives the request to the provisioning log.
func (s *Server) record(r *http.Request, q reqctx.Request, c *call, a *answer, token *directory.Token, began time.Time, took time.Duration) {
	l := c.Record
	l.ID, l.IDP, l.TokenID = reqctx.NewID(), token.IDP, token.ID
	l.At, l.Took = began.UTC().Truncate(time.Millisecond), took
	l.Method = reqctx.Method(r.Method)
	l.Path = c.Path
	if q := r.URL.RawQuery; q != "" && !c.Query.mayHoldPassword() {
		l.Path += "?" + q
	}
	l.Path = clip(strings.ToValidUTF8(l.Path, "?"), keptPath)
	l.ClientIP = q.ClientIP
	l.UserAgent = clip(strings.ToValidUTF8(r.UserAgent(), "?"), 200)
	// Of a body that is not JSON nobody can say where in it a password is.
	if len(c.Body) > 0 && len(c.Body) <= keptBody && c.checkBody() == nil {
		l.Body = withoutPasswords(c.Body)
	}
	tell(l, a)
	s.o.Directory.Log(l)
}

// tell notes what was answered.
func tell(l *directory.Record, a *answer) {
	l.Status = a.Status
	if a.Refusal != nil {
		l.SCIMType, l.Detail, l.Changes = a.Refusal.SCIMType, a.Refusal.Detail, nil
	}
}

// told are the attributes whose values stand in the provisioning log.
var told = map[directory.Attribute]bool{"userName": true, "externalId": true, "active": true, "displayName": true}

// userChanges says what differs. Of most attributes it says no more than that.
func userChanges(before, after *directory.User) []directory.AttributeChange {
	var list []directory.AttributeChange
	for _, a := range userType.Attributes {
		switch a.Path {
		case "active":
			if before.Active != after.Active || before.ID == "" {
				old := ""
				if before.ID != "" {
					old = fmt.Sprint(before.Active)
				}
				list = append(list, directory.AttributeChange{Attribute: a.Name, Old: old, New: fmt.Sprint(after.Active)})
			}
		case "emails":
			list = hidden(list, a, !slices.Equal(before.Profile.Emails, after.Profile.Emails))
		case "phoneNumbers":
			list = hidden(list, a, !slices.Equal(before.Profile.PhoneNumbers, after.Profile.PhoneNumbers))
		case "addresses":
			list = hidden(list, a, !slices.Equal(before.Profile.Addresses, after.Profile.Addresses))
		case "name", enterpriseName:
			for _, sub := range a.Sub {
				list = textChanges(list, sub, before, after)
			}
		default:
			list = textChanges(list, a, before, after)
		}
	}
	return list
}

func textChanges(list []directory.AttributeChange, a *attribute, before, after *directory.User) []directory.AttributeChange {
	if a.Path == "enterprise.manager" {
		return hidden(list, a, before.Profile.Enterprise.Manager != after.Profile.Enterprise.Manager)
	}
	from, to := textField(before, a.Path), textField(after, a.Path)
	switch {
	case from == nil || *from == *to:
		return list
	case told[a.Path]:
		return append(list, directory.AttributeChange{Attribute: a.Name, Old: clip(*from, 500), New: clip(*to, 500)})
	}
	return hidden(list, a, true)
}

// hidden notes a change without its values.
func hidden(list []directory.AttributeChange, a *attribute, changed bool) []directory.AttributeChange {
	if !changed {
		return list
	}
	return append(list, directory.AttributeChange{Attribute: a.name(), Redacted: true})
}

// groupChanges says what differs; members are counted.
func groupChanges(before, after *directory.Group, c directory.GroupChange) []directory.AttributeChange {
	var list []directory.AttributeChange
	add := func(name, old, now string) {
		if old != now {
			list = append(list, directory.AttributeChange{Attribute: name, Old: clip(old, 500), New: clip(now, 500)})
		}
	}
	add("displayName", before.DisplayName, after.DisplayName)
	add("externalId", before.ExternalID, after.ExternalID)
	add("members", "", memberChanges(before.Members, after.Members, c))
	return list
}

// memberChanges counts. What a mixture or a new list did to each cannot be
// told from the counts alone: it says what there was and is.
func memberChanges(before, after int, c directory.GroupChange) string {
	switch {
	case c.Replace && (before != after || len(c.Add) > 0), len(c.Add) > 0 && len(c.Remove) > 0:
		return fmt.Sprintf("%d, before %d", after, before)
	case after > before:
		return fmt.Sprintf("%d added", after-before)
	case after < before:
		return fmt.Sprintf("%d removed", before-after)
	}
	return ""
}
