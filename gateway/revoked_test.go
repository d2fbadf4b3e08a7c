package gateway_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"testing"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/session"
	"sallyport/store"
)

// rounds is how often access is lost, in one way after the other.
const rounds = 400

// TestTheVeryNextRequestKnows: whatever another instance has committed counts
// for the request that comes after it, each time, however warm memory is and
// however many others ask meanwhile.
func TestTheVeryNextRequestKnows(t *testing.T) {
	h := newHouse(t, nil)
	far := h.otherInstance()
	wiki := h.app("wiki", wikiBase+"/", func(a *access.Application) { a.Entry = access.Assigned })
	read, write := h.set("Read"), h.set("Write")
	group := &directory.Group{DisplayName: "editors"}
	must(t, far.people.CreateGroup(t.Context(), group, nil, act()))
	h.assign(access.Principal{Kind: access.ToGroup, ID: group.ID}, wiki, read, nil)

	stop := h.crowd()
	defer stop()
	losses := far.losses(wiki, group, read, write)
	p := far.member(h, group, 0)
	for i := range rounds {
		loss := losses[i%len(losses)]
		p.warm()
		loss.act(p)
		if w := p.opens(wikiPage); loss.passes(w.Code) {
			t.Fatalf("round %d: %s, and the next request gets %d as %q", i, loss.name, w.Code, w.Header().Get(access.HeaderPermissionSet))
		}
		if loss.undo != nil {
			loss.undo(p)
			if w := p.opens(wikiPage); w.Code != http.StatusOK {
				t.Fatalf("round %d: %s was undone, and the next request gets %d", i, loss.name, w.Code)
			}
			continue
		}
		p = far.member(h, group, i+1)
	}
}

// TestTheVeryNextRequestIsToldWhatChanged: the same for what stays open and
// says something else.
func TestTheVeryNextRequestIsToldWhatChanged(t *testing.T) {
	h := newHouse(t, nil)
	far := h.otherInstance()
	wiki := h.app("wiki", wikiBase+"/", func(a *access.Application) { a.Entry = access.Assigned })
	sets := []*access.PermissionSet{h.set("Read"), h.set("Write")}
	group := &directory.Group{DisplayName: "editors"}
	must(t, far.people.CreateGroup(t.Context(), group, nil, act()))
	p := far.member(h, group, 0)
	for _, set := range sets {
		h.assign(access.Principal{Kind: access.ToUser, ID: p.session.UserID}, wiki, set, nil)
	}
	for i := range rounds / 5 {
		set := sets[i%2]
		must(t, far.manager.Choose(t.Context(), p.session, wiki.ID, set.ID))
		if w := p.opens(wikiPage); w.Header().Get(access.HeaderPermissionSet) != set.Name || claimsIn(t, w).PermissionSet != set.Name {
			t.Fatalf("round %d: chose %s, is told %q", i, set.Name, w.Header().Get(access.HeaderPermissionSet))
		}
		name := fmt.Sprintf("editors-%d", i)
		_, err := far.people.ChangeGroup(t.Context(), group.ID, directory.GroupChange{DisplayName: &name}, act())
		must(t, err)
		if c := claimsIn(t, p.opens(wikiPage)); !slices.Equal(c.Groups, []string{name}) {
			t.Fatalf("round %d: the group is %s, told %q", i, name, c.Groups)
		}
		_, err = far.people.Update(t.Context(), p.session.UserID, func(u *directory.User) error {
			u.Profile.DisplayName = "Ann " + name
			return nil
		}, act())
		must(t, err)
		if c := claimsIn(t, p.opens(wikiPage)); c.Name != "Ann "+name {
			t.Fatalf("round %d: told %q", i, c.Name)
		}
		app := *far.catalog(t).Application("wiki")
		app.Gateway.Headers = []access.Preset{access.PresetWebAuth, access.PresetRemote}[i%2]
		must(t, far.catalog(t).Change(t.Context(), &app, "command"))
		if w := p.opens(wikiPage); (w.Header().Get("X-WEBAUTH-USER") == "") != (i%2 == 1) {
			t.Fatalf("round %d: the preset is %s; %v", i, app.Gateway.Headers, w.Header())
		}
	}
}

// TestAKeyThatIsTurnedSignsTheNextAnswer: tokens of a key that was taken back
// are not handed out from memory.
func TestAKeyThatIsTurnedSignsTheNextAnswer(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	ann := h.as("ann@example.com", nil).at(wikiHost)
	before := claimsIn(t, ann.opens(wikiPage)).ID
	h.keys.turn("key-2")
	h.app("other", "https://other.example.com/", nil) // as every change of keys, it moves the house
	if claimsIn(t, ann.opens(wikiPage)).ID == before {
		t.Error("the token of the old key")
	}
	again := claimsIn(t, ann.opens(wikiPage)).ID
	h.app("third", "https://third.example.com/", nil)
	if claimsIn(t, ann.opens(wikiPage)).ID != again {
		t.Error("another token, although nothing of it changed")
	}
}

// far is another instance on the same database.
type far struct {
	t       *testing.T
	db      *store.DB
	manager *session.Manager
	people  *directory.Directory
}

func (h *house) otherInstance() *far {
	return &far{
		t: h.t.(*testing.T), db: h.other, manager: session.New(h.other, h.other, h.other, session.Options{}),
		people: directory.New(h.other, directory.Options{}),
	}
}

func (f *far) catalog(t testing.TB) *access.Catalog {
	c, err := access.Open(t.Context(), f.db)
	must(t, err)
	return c
}

func act() directory.Act { return directory.Act{Event: audit.New(audit.GroupChanged, "command")} }

// member is somebody of a group who is in at the wiki.
func (f *far) member(h *house, group *directory.Group, n int) *person {
	p := h.as(fmt.Sprintf("person-%d@example.com", n), nil).at(wikiHost)
	f.join(p, group)
	return p
}

func (f *far) join(p *person, group *directory.Group) {
	_, err := f.people.ChangeGroup(f.t.Context(), group.ID, directory.GroupChange{Add: []string{p.session.UserID}}, act())
	must(f.t, err)
}

func (f *far) leave(p *person, group *directory.Group) {
	_, err := f.people.ChangeGroup(f.t.Context(), group.ID, directory.GroupChange{Remove: []string{p.session.UserID}}, act())
	must(f.t, err)
}

// warm has memory know p.
func (p *person) warm() {
	p.h.t.Helper()
	for range 2 {
		if w := p.opens(wikiPage); w.Code != http.StatusOK {
			p.h.t.Fatalf("before anything was lost: %d", w.Code)
		}
	}
}

// loss is one way of not being let in as before.
type loss struct {
	name   string
	act    func(*person)
	undo   func(*person)
	passes func(status int) bool // still, which would be wrong
}

func (f *far) losses(wiki *access.Application, group *directory.Group, read, write *access.PermissionSet) []loss {
	ctx := f.t.Context()
	passes := func(status int) bool { return status == http.StatusOK }
	chooser := func(status int) bool { return status != http.StatusFound }
	return []loss{
		{name: "the session was ended", passes: passes, act: func(p *person) {
			_, err := f.manager.Revoke(ctx, session.Filter{ID: p.session.ID}, "command")
			must(f.t, err)
		}},
		{name: "the person was disabled", passes: passes, act: func(p *person) {
			_, err := f.people.Deactivate(ctx, p.name, "command")
			must(f.t, err)
		}},
		{name: "the person left the group", passes: passes, act: func(p *person) { f.leave(p, group) }, undo: func(p *person) { f.join(p, group) }},
		{name: "the assignment was taken back", passes: passes, act: func(*person) {
			c := f.catalog(f.t)
			var ids []string
			for _, a := range c.Assignments(access.AssignmentFilter{ApplicationID: wiki.ID}) {
				ids = append(ids, a.ID)
			}
			_, err := c.RevokeAssignments(ctx, ids, "command")
			must(f.t, err)
		}, undo: func(*person) {
			_, err := f.catalog(f.t).Grant(ctx, []*access.Assignment{{Principal: access.Principal{Kind: access.ToGroup, ID: group.ID}, ApplicationID: wiki.ID, PermissionSetID: read.ID}}, "command")
			must(f.t, err)
		}},
		{name: "a second permission set leaves a choice", passes: chooser, act: func(p *person) {
			_, err := f.catalog(f.t).Grant(ctx, []*access.Assignment{{Principal: access.Principal{Kind: access.ToUser, ID: p.session.UserID}, ApplicationID: wiki.ID, PermissionSetID: write.ID}}, "command")
			must(f.t, err)
		}, undo: func(p *person) { must(f.t, f.manager.Choose(ctx, p.session, wiki.ID, read.ID)) }},
		{name: "the person was removed", passes: passes, act: func(p *person) {
			must(f.t, f.people.Remove(ctx, p.session.UserID, act()))
		}},
		{name: "the group was emptied through another", passes: passes, act: func(p *person) {
			_, err := f.people.ChangeGroup(ctx, group.ID, directory.GroupChange{Replace: true}, act())
			must(f.t, err)
		}, undo: func(p *person) { f.join(p, group) }},
		{name: "everybody was signed out", passes: passes, act: func(p *person) {
			_, err := f.manager.Revoke(ctx, session.Filter{UserID: p.session.UserID}, "command")
			must(f.t, err)
		}},
	}
}

// crowd keeps somebody else asking, so that reads are shared and memory is in
// motion.
func (h *house) crowd() (stop func()) {
	ctx, cancel := context.WithCancel(h.t.Context())
	h.app("crowd", "https://crowd.example.com/", nil)
	p := h.as("crowd@example.com", nil).at("crowd.example.com")
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			for ctx.Err() == nil {
				h.ask(asking{url: "https://crowd.example.com/", cookie: p.token})
				runtime.Gosched()
			}
		})
	}
	return func() {
		cancel()
		all.Wait()
	}
}

func TestTheHostsSignOutEndsItsToken(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	h.app("crm", "https://crm.example.com/", nil)
	ann := h.as("ann@example.com", nil).at("crm.example.com")
	crm := ann.token
	ann.at(wikiHost)
	status(t, ann.opens(wikiPage), http.StatusOK)
	r := httptest.NewRequest(http.MethodGet, wikiBase+"/.sallyport/sign-out", nil)
	r.Header.Set("Cookie", appCookie+"="+ann.token)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != ssoBase+"/signout" {
		t.Errorf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	status(t, ann.opens(wikiPage), http.StatusFound) // whoever has a copy of it
	status(t, h.ask(asking{url: "https://crm.example.com/", cookie: crm}), http.StatusOK)
}
