package gateway_test

import (
	"testing"
	"testing/synctest"
	"time"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/session"
)

// Tokens tell whole seconds, sessions end between them.
func TestTheLastSecondOfASessionIsServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, nil)
		h.app("wiki", wikiBase+"/", nil)
		ann := h.as("ann@example.com", func(s *session.Session) { s.ExpiresAt = time.Now().Add(3700 * time.Millisecond) }).at(wikiHost)
		for range 37 {
			w := ann.opens(wikiPage)
			status(t, w, 200)
			if c := claimsIn(t, w); c.Expires <= time.Now().Unix() || time.Unix(c.Expires, 0).Sub(ann.session.ExpiresAt) >= time.Second {
				t.Errorf("at %d the token is good until %d", time.Now().UnixMilli(), c.Expires)
			}
			time.Sleep(100 * time.Millisecond)
		}
		status(t, ann.opens(wikiPage), 302)
	})
}

func TestAGroupIsToldUntilItsAssignmentEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, nil)
		far := h.otherInstance()
		wiki := h.app("wiki", wikiBase+"/", func(a *access.Application) { a.Gateway.Groups = access.TellAssigned })
		admins, editors := &directory.Group{DisplayName: "admins"}, &directory.Group{DisplayName: "editors"}
		ann := h.as("ann@example.com", nil).at(wikiHost)
		for _, group := range []*directory.Group{admins, editors} {
			must(t, far.people.CreateGroup(t.Context(), group, nil, act()))
			far.join(ann, group)
		}
		read, write := h.set("Read"), h.set("Write")
		soon := time.Now().Add(time.Hour + 500*time.Millisecond)
		for _, a := range []*access.Assignment{
			{Principal: access.Principal{Kind: access.ToGroup, ID: admins.ID}, PermissionSetID: read.ID, EndsAt: soon},
			{Principal: access.Principal{Kind: access.ToGroup, ID: editors.ID}, PermissionSetID: read.ID, EndsAt: soon},
			{Principal: access.Principal{Kind: access.ToGroup, ID: editors.ID}, PermissionSetID: write.ID, EndsAt: soon.Add(time.Hour)},
			{Principal: access.Principal{Kind: access.ToUser, ID: ann.session.UserID}, PermissionSetID: read.ID},
		} {
			a.ApplicationID = wiki.ID
			_, err := h.catalog.Grant(t.Context(), []*access.Assignment{a}, "command")
			must(t, err)
		}
		must(t, far.manager.Choose(t.Context(), ann.session, wiki.ID, read.ID))
		told := func(want string) {
			t.Helper()
			w := ann.opens(wikiPage)
			status(t, w, 200)
			c := claimsIn(t, w)
			if got := w.Header().Get("Remote-Groups"); got != want || len(c.Groups) != len(want)/6 {
				t.Errorf("told %q, and %q by the token; want %q", got, c.Groups, want)
			}
			if len(c.Groups) == 2 && time.Unix(c.Expires, 0).Sub(soon) >= time.Second {
				t.Errorf("the token is good until %d, the assignment until %d", c.Expires, soon.Unix())
			}
		}
		time.Sleep(time.Until(soon) - 10*time.Second)
		told("admins,editors")
		time.Sleep(time.Until(soon) - time.Millisecond)
		told("admins,editors")
		time.Sleep(time.Millisecond)
		told("editors")
		time.Sleep(time.Until(soon.Add(time.Hour)))
		told("")
	})
}
