package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/store"
)

// hubbub is a small company whose people, groups and sessions change at
// random.
type hubbub struct {
	db *store.DB

	mu       sync.Mutex
	people   []string // IDs
	groups   []*directory.Group
	sessions []*session.Session // as they began
	doors    map[string][]byte  // token hashes at "app.example.com", by session
}

const hubbubHost = "app.example.com"

var groupNames = []string{"Staff", "Editors", "On call", "Admins", "Board"}

func newHubbub(t *testing.T, db *store.DB) *hubbub {
	h := &hubbub{db: db, people: persons(t, db, 5), doors: map[string][]byte{}}
	_, err := db.UpdateProvider(t.Context(), "corp", 0, func(p *idp.Provider) error {
		p.Settings.TagMappings = []idp.TagMapping{{Key: "Title", Path: "${path:title}"}}
		return nil
	}, event(audit.IDPSettingsChanged))
	must(t, err)
	return h
}

// act does one thing at random and says which. Acts may be refused: then
// nothing has changed.
func (h *hubbub) act(ctx context.Context, r *rand.Rand) (what string, err error) {
	db := h.db
	h.mu.Lock()
	person := h.people[r.IntN(len(h.people))]
	var g *directory.Group
	if len(h.groups) > 0 {
		g = h.groups[r.IntN(len(h.groups))]
	}
	var s *session.Session
	if len(h.sessions) > 0 {
		s = h.sessions[len(h.sessions)-1-r.IntN(min(8, len(h.sessions)))]
	}
	h.mu.Unlock()
	name := groupNames[r.IntN(len(groupNames))]
	someone := func() []string {
		members := []string{h.people[r.IntN(len(h.people))], person}
		if g != nil && r.IntN(3) == 0 {
			members = append(members, g.ID)
		}
		return members
	}
	user := func(change func(*directory.User)) error {
		_, err := db.UpdateUser(ctx, person, func(u *directory.User) error { change(u); return nil }, directory.Act{Event: event(audit.UserChanged)})
		return err
	}
	change := func(c directory.GroupChange) error {
		if g == nil {
			return nil
		}
		_, err := db.ChangeGroup(ctx, g.ID, c, directory.Act{Event: event(audit.GroupChanged)})
		return err
	}
	switch r.IntN(16) {
	case 0, 1, 2:
		return "sign in", h.signIn(ctx, person, r)
	case 3:
		return "title", user(func(u *directory.User) { u.Profile.Title = fmt.Sprint("Title ", r.IntN(3)) })
	case 4:
		return "display name", user(func(u *directory.User) { u.Profile.DisplayName = fmt.Sprint("Name ", r.IntN(3)) })
	case 5:
		return "rename", user(func(u *directory.User) { u.UserName = fmt.Sprintf("%d-%s@example.com", r.IntN(3), person) })
	case 6:
		return "active", user(func(u *directory.User) { u.Active = r.IntN(3) > 0 })
	case 7:
		slug := []string{"", "corp"}[r.IntN(2)]
		g := group(name, slug)
		if err := db.CreateGroup(ctx, g, someone(), directory.Act{Event: event(audit.GroupCreated)}); err != nil {
			return "create group", err
		}
		h.mu.Lock()
		h.groups = append(h.groups, g)
		h.mu.Unlock()
		return "create group", nil
	case 8, 9:
		return "join", change(directory.GroupChange{Add: someone()})
	case 10:
		return "leave", change(directory.GroupChange{Remove: someone()})
	case 11:
		return "replace", change(directory.GroupChange{Replace: true, Add: someone()})
	case 12:
		return "rename group", change(directory.GroupChange{DisplayName: &name})
	case 13:
		if g == nil || r.IntN(2) == 0 {
			return "nothing", nil
		}
		return "remove group", db.RemoveGroup(ctx, g.ID, directory.Act{Event: event(audit.GroupRemoved)})
	case 14:
		if s == nil {
			return "nothing", nil
		}
		return "choose", db.Choose(ctx, s.ID, "app", fmt.Sprint(r.IntN(3)))
	default:
		return h.end(ctx, s, r)
	}
}

func (h *hubbub) signIn(ctx context.Context, person string, r *rand.Rand) error {
	u, err := h.db.User(ctx, person)
	if err != nil {
		return err
	}
	s := signIn(u.UserName)
	s.CreateUser = nil
	s.Session.SessionIndex = "_" + s.Session.ID
	s.Session.GroupsJSON = fmt.Sprintf("[%q]", groupNames[r.IntN(len(groupNames))])
	if err := h.db.RecordSignIn(ctx, s); err != nil {
		return err
	}
	code, browser, token := hash(), hash(), hash()
	err = h.db.SaveCode(ctx, &session.Code{Hash: code, SessionID: s.Session.ID, Host: hubbubHost, BrowserHash: browser, ExpiresAt: soon(time.Minute)})
	if err != nil {
		return err
	}
	if _, err := h.db.UseCode(ctx, code, hubbubHost, browser, token, time.Now()); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sessions = append(h.sessions, s.Session)
	h.doors[s.Session.ID] = token
	return nil
}

func (h *hubbub) end(ctx context.Context, s *session.Session, r *rand.Rand) (string, error) {
	if s == nil {
		return "nothing", nil
	}
	switch r.IntN(4) {
	case 0:
		_, err := h.db.EndSessions(ctx, session.Filter{ID: s.ID}, "test", event(audit.SessionEnded))
		return "end one", err
	case 1:
		_, err := h.db.EndSessions(ctx, session.Filter{UserID: s.UserID}, "test", event(audit.SessionEnded))
		return "end a person's", err
	case 2:
		_, err := h.db.EndByLogout(ctx, &session.LogoutByIDP{
			IDP: "corp", ID: id(), SessionIndexes: []string{s.SessionIndex}, UsedUntil: soon(time.Minute), Now: time.Now(),
		}, event(audit.SessionEnded))
		return "single logout", err
	}
	for _, state := range []idp.State{idp.Disabled, idp.Active} {
		_, err := h.db.UpdateProvider(ctx, "corp", 0, func(p *idp.Provider) error { p.State = state; return nil }, event(audit.IDPSettingsChanged))
		if err != nil {
			return "disable", err
		}
	}
	return "disable", nil
}

// refused reports whether err is an answer, rather than a failure.
func refused(err error) bool {
	var refusal *saml.Error
	return errors.As(err, &refusal) || fault.KindOf(err) != fault.Internal
}

// answer is all that a check can ask of one session.
type answer struct {
	Door   *session.Door
	User   *directory.User
	Groups []directory.GroupRef
	Local  map[string]bool
}

func (h *hubbub) answer(ctx context.Context, s *session.Session) (a answer, err error) {
	h.mu.Lock()
	token := h.doors[s.ID]
	h.mu.Unlock()
	if a.Door, err = h.db.Door(ctx, token, hubbubHost); err != nil {
		return a, err
	}
	if a.User, err = h.db.User(ctx, s.UserID); err == nil {
		a.User.LastSignInAt = time.Time{} // another session's sign-in is nothing to this one
	} else if fault.KindOf(err) != fault.NotFound {
		return a, err
	}
	of, err := h.db.GroupsOf(ctx, s.UserID)
	if err != nil {
		return a, err
	}
	a.Groups = of[s.UserID]
	a.Local, err = h.db.LocalNames(ctx, s.Groups()...)
	return a, err
}

func (a answer) live() bool { return a.Door.Session.EndedAt.IsZero() }

func names(changes []session.Change, s *session.Session) bool {
	for _, c := range changes {
		if c.SessionID == "" && c.UserID == "" || c.SessionID == s.ID || c.UserID != "" && c.UserID == s.UserID {
			return true
		}
	}
	return false
}

// testChangesProperty: whatever an act alters in what can be asked about a live
// session, a change names that session.
func testChangesProperty(t *testing.T, db *store.DB) {
	ctx := t.Context()
	h := newHubbub(t, db)
	seed := time.Now().UnixNano()
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	altered := map[string]int{}
	before := map[string]answer{}
	for range 600 {
		from := revisions(t, db).Sessions
		what, err := h.act(ctx, r)
		if err != nil && !refused(err) {
			t.Fatalf("seed %d: %s: %v", seed, what, err)
		}
		changes, err := db.ChangesAfter(ctx, from)
		must(t, err)
		after := map[string]answer{}
		for _, s := range h.sessions[max(0, len(h.sessions)-12):] {
			now, err := h.answer(ctx, s)
			must(t, err)
			was, known := before[s.ID]
			after[s.ID] = now
			if !known || !was.live() {
				continue
			}
			diff := cmp.Diff(was, now)
			if diff == "" {
				continue
			}
			altered[what]++
			if !names(changes, s) {
				t.Fatalf("seed %d: %s altered a live session that no change names: %+v\n%s", seed, what, changes, diff)
			}
		}
		before = after
	}
	if len(altered) < 8 {
		t.Errorf("seed %d: only these acts altered anything, so little was shown: %v", seed, altered)
	}
}

// testChangesFollowed has several act at once while somebody keeps answers and
// drops those that changes name: none that is kept is ever an old one.
func testChangesFollowed(t *testing.T, db *store.DB) {
	ctx := t.Context()
	h := newHubbub(t, db)
	seed := time.Now().UnixNano()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		together(4, func(i int) {
			r := rand.New(rand.NewPCG(uint64(seed), uint64(i)))
			for range 150 {
				if what, err := h.act(ctx, r); err != nil && !refused(err) && !strings.Contains(err.Error(), "no rows") {
					t.Errorf("seed %d: %s: %v", seed, what, err)
					return
				}
			}
		})
		close(stop)
	}()
	defer func() { <-done }()
	f := follower{h: h, kept: map[string]answer{}}
	for over := false; !over; {
		select {
		case <-stop:
			over = true // this round finds what any before it missed
		default:
		}
		if err := f.round(ctx); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	if f.compared < 20 {
		t.Errorf("only %d kept answers were compared", f.compared)
	}
}

type follower struct {
	h        *hubbub
	at       int64
	kept     map[string]answer
	compared int
}

// round follows the changes, keeps what is new, and compares what is kept with
// what stands in the database, where nothing has changed meanwhile.
func (f *follower) round(ctx context.Context) error {
	now, err := f.h.db.Revisions(ctx)
	if err != nil {
		return err
	}
	changes, err := f.h.db.ChangesAfter(ctx, f.at)
	switch {
	case fault.KindOf(err) == fault.NotFound:
		clear(f.kept)
	case err != nil:
		return err
	}
	f.h.mu.Lock()
	sessions := append([]*session.Session{}, f.h.sessions[max(0, len(f.h.sessions)-20):]...)
	f.h.mu.Unlock()
	stale := map[string]string{}
	for _, s := range sessions {
		if names(changes, s) {
			delete(f.kept, s.ID)
		}
		a, err := f.h.answer(ctx, s)
		if err != nil {
			return err
		}
		was, ok := f.kept[s.ID]
		if !ok {
			f.kept[s.ID] = a // as old as now at most, whatever is committed meanwhile
		} else if diff := cmp.Diff(was, a); diff != "" && was.live() {
			stale[s.ID] = diff
		}
	}
	again, err := f.h.db.Revisions(ctx)
	if err != nil {
		return err
	}
	f.at = now.Sessions
	if again != now {
		return nil // what differs may be named yet
	}
	f.compared += len(f.kept)
	for id, diff := range stale {
		return fmt.Errorf("session %s is kept as it was, though no change up to %d was left out:\n%s", id, now.Sessions, diff)
	}
	return nil
}
