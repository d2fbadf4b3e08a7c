package session_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

func TestReceiveSolicited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		p := h.begin(browserA)
		arrived := h.mustReceive(h.respond(testidp.Response{InResponseTo: p.RequestID, Person: "ann"}))

		s := arrived.Session
		if s.Completed || string(s.BrowserHash) != string(p.BrowserHash) || s.Target != target || arrived.Target != target {
			t.Errorf("a solicited session waits for its browser, with the target of its request: %+v", s)
		}
		if s.UserName != "ann@example.com" || s.UserID == "" || s.IDP != slug || s.SubType != saml.FormatEmailAddress || s.Kind != session.Person {
			t.Errorf("session: %+v", s)
		}
		if want := time.Now().Add(8 * time.Hour); !s.ExpiresAt.Equal(want) {
			t.Errorf("expires: want %v, got %v", want, s.ExpiresAt)
		}
		want := []session.Tag{
			{Key: "Department", Value: "Engineering", Source: "AccessControl"},
			{Key: "CostCenter", Value: "4711", Source: "AccessControl"},
			{Key: "Site", Value: "Zürich / HQ", Source: "AccessControl"},
		}
		if diff := cmp.Diff(want, s.Tags); diff != "" {
			t.Errorf("tags (-want +got):\n%s", diff)
		}
		user, err := h.db.UserByUserName(t.Context(), "ann@example.com")
		if err != nil {
			t.Fatal(err)
		}
		if user.Source != directory.FromSignIn || user.Profile.DisplayName != "Ann Archer" || user.Profile.Name.FamilyName != "Archer" {
			t.Errorf("user: %+v", user)
		}

		e := h.event(audit.Filter{Actions: []audit.Action{audit.SessionBegan}})
		if e.Actor != "user:"+s.UserID || e.Object != "session:"+s.ID || e.Person != s.UserName || e.ClientIP != "192.0.2.7" {
			t.Errorf("event: %+v", e)
		}
		if detail := string(e.Detail); strings.Contains(detail, "4711") || !strings.Contains(detail, `"flow":"solicited"`) {
			t.Errorf("detail: %s", detail)
		}
		if strings.Contains(string(s.TokenHash), arrived.Token) || arrived.Token == "" {
			t.Error("the token itself is stored")
		}
	})
}

func TestReceiveUnsolicited(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	arrived := h.mustReceive(h.respond(testidp.Response{Person: "chloe"}))
	s := arrived.Session
	if !s.Completed || s.BrowserHash != nil || s.Target != "/portal" {
		t.Errorf("an unsolicited session is complete, and goes where the caller says: %+v", s)
	}
	want := []session.Tag{
		{Key: "Department", Value: "Engineering", Source: "PrincipalTag"},
		{Key: "Project", Value: "Drawbridge", Source: "PrincipalTag", Transitive: true},
	}
	if diff := cmp.Diff(want, s.Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

func TestReceiveUnsolicitedByPolicy(t *testing.T) {
	t.Run("bounce records nothing", func(t *testing.T) {
		h := newHouse(t, idp.Settings{Unsolicited: idp.UnsolicitedBounce})
		arrived := h.mustReceive(h.respond(testidp.Response{}))
		if !arrived.Bounce || arrived.Session != nil || arrived.Token != "" || arrived.Target != "/portal" {
			t.Errorf("arrived: %+v", arrived)
		}
		if list := h.sessions(); len(list) != 0 {
			t.Errorf("%d sessions", len(list))
		}
		// The answer to the request that follows is taken as any other.
		p := h.begin(browserA)
		if arrived := h.mustReceive(h.respond(testidp.Response{InResponseTo: p.RequestID})); arrived.Bounce {
			t.Error("an answer was bounced")
		}
	})
	t.Run("bounce refuses what is not genuine", func(t *testing.T) {
		h := newHouse(t, idp.Settings{Unsolicited: idp.UnsolicitedBounce})
		_, err := h.receive(h.respond(testidp.Response{Misbehave: "unsigned"}))
		h.refused(err, saml.Unsigned)
	})
	t.Run("refuse", func(t *testing.T) {
		h := newHouse(t, idp.Settings{Unsolicited: idp.UnsolicitedRefuse})
		_, err := h.receive(h.respond(testidp.Response{}))
		h.refused(err, saml.Unsolicited)
	})
}

func TestReceiveRefuses(t *testing.T) {
	cases := map[string]struct {
		settings idp.Settings
		response testidp.Response
		prepare  func(h *house)
		want     saml.Reason
		failed   string // name of the failed check, where it is one of ours
		person   string // who is named: only whom a signed assertion names
	}{
		"not signed":       {response: testidp.Response{Misbehave: "unsigned"}, want: saml.Unsigned},
		"another audience": {response: testidp.Response{Misbehave: "wrong-audience"}, want: saml.WrongAudience, person: "ann@example.com"},
		"another domain": {
			settings: idp.Settings{EmailDomains: []string{"corp.example"}},
			want:     saml.DomainNotAllowed, failed: "E-mail domain", person: "ann@example.com",
		},
		"an endless NameID": {
			settings: idp.Settings{AnyNameID: true},
			response: testidp.Response{NameID: strings.Repeat("x", 257)},
			want:     saml.InvalidNameID, person: strings.Repeat("x", 255) + "…",
		},
		"a broken tag": {
			response: testidp.Response{Attributes: []testidp.Attribute{access("Department", "R&D")}},
			want:     saml.InvalidTag, failed: "Session tags", person: "ann@example.com",
		},
		"a broken SessionDuration": {
			response: testidp.Response{Attributes: []testidp.Attribute{{Name: "https://aws.amazon.com/SAML/Attributes/SessionDuration", Values: []string{"60"}}}},
			want:     saml.InvalidTag, failed: "Session tags", person: "ann@example.com",
		},
		"nobody known": {
			settings: idp.Settings{FirstSignIn: idp.FirstSignInRefuse},
			want:     saml.UserUnknown, failed: "User", person: "ann@example.com",
		},
		"a deactivated person": {
			prepare: func(h *house) { h.createUser("ann@example.com", false, directory.Profile{}) },
			want:    saml.UserInactive, failed: "User", person: "ann@example.com",
		},
		"another case": {
			prepare: func(h *house) { h.createUser("Ann@example.com", true, directory.Profile{}) },
			want:    saml.UserNameCase, failed: "User", person: "ann@example.com",
		},
		"a connection that was disabled a moment ago": {
			prepare: func(h *house) {
				_, err := h.db.UpdateProvider(h.t.Context(), slug, 0, func(p *idp.Provider) error { p.State = idp.Disabled; return nil }, audit.New(audit.IDPDisabled, "command"))
				if err != nil {
					h.t.Fatal(err)
				}
			},
			want: saml.ConnectionDisabled, failed: "Connection in use", person: "ann@example.com",
		},
		"a connection that is out of use": {
			prepare: func(h *house) { h.c.Provider.State = idp.Disabled },
			want:    saml.ConnectionDisabled,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, c.settings)
			if c.prepare != nil {
				c.prepare(h)
			}
			_, err := h.receive(h.respond(c.response))
			refused, e, detail := h.refused(err, c.want)

			if e.Action != audit.SignInRefused || e.Reason != string(c.want) || e.IDP != slug || e.Person != c.person || e.ClientIP != "192.0.2.7" {
				t.Errorf("event: %+v", e)
			}
			if refused.Target != "/portal" {
				t.Errorf("target: %q", refused.Target)
			}
			failed := ""
			for _, check := range detail.Checks {
				if check.Outcome == saml.Failed {
					failed = check.Name
				}
			}
			if c.failed != "" && failed != c.failed {
				t.Errorf("failed check: want %q, got %q", c.failed, failed)
			}
			if list := h.sessions(); len(list) != 0 {
				t.Errorf("%d sessions", len(list))
			}
		})
	}
}

func TestReceiveDropsBrokenTagsBySetting(t *testing.T) {
	h := newHouse(t, idp.Settings{InvalidTags: idp.InvalidTagsDrop})
	arrived := h.mustReceive(h.respond(testidp.Response{Attributes: []testidp.Attribute{access("Department", "R&D"), access("Site", "HQ")}}))
	if diff := cmp.Diff([]session.Tag{{Key: "Site", Value: "HQ", Source: "AccessControl"}}, arrived.Session.Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	var detail session.BeganDetail
	if err := json.Unmarshal(h.event(audit.Filter{Actions: []audit.Action{audit.SessionBegan}}).Detail, &detail); err != nil {
		t.Fatal(err)
	}
	if len(detail.Dropped) != 1 || detail.Dropped[0].Name != "Department" || detail.Dropped[0].Value != "R&D" || detail.Dropped[0].Why == "" {
		t.Errorf("dropped: %+v", detail.Dropped)
	}
}

func TestReceiveReadsMappedTagsFromTheDirectory(t *testing.T) {
	mappings := []idp.TagMapping{{Key: "Department", Path: "${path:enterprise.department}"}, {Key: "Name", Path: "${path:displayName}"}}
	said := testidp.Response{Attributes: []testidp.Attribute{access("Department", "Said"), {Name: "displayName", Values: []string{"Ann A."}}}}

	t.Run("of a person who is there", func(t *testing.T) {
		h := newHouse(t, idp.Settings{TagMappings: mappings})
		h.createUser("ann@example.com", true, directory.Profile{DisplayName: "Known", Enterprise: directory.Enterprise{Department: "Stored"}})
		want := []session.Tag{
			{Key: "Department", Value: "Stored", Source: "${path:enterprise.department}", Lost: []session.Loser{{Value: "Said", Source: "AccessControl"}}},
			{Key: "Name", Value: "Known", Source: "${path:displayName}"},
		}
		if diff := cmp.Diff(want, h.mustReceive(h.respond(said)).Session.Tags); diff != "" {
			t.Errorf("tags (-want +got):\n%s", diff)
		}
	})
	t.Run("of a person who arrives for the first time", func(t *testing.T) {
		h := newHouse(t, idp.Settings{TagMappings: mappings})
		want := []session.Tag{{Key: "Name", Value: "Ann A.", Source: "${path:displayName}"}}
		if diff := cmp.Diff(want, h.mustReceive(h.respond(said)).Session.Tags); diff != "" {
			t.Errorf("tags (-want +got):\n%s", diff)
		}
	})
}

func TestReceiveCapsTheLifetime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		s := h.mustReceive(h.respond(testidp.Response{SessionUntil: time.Now().Add(30 * time.Minute)})).Session
		if want := time.Now().Add(30 * time.Minute); !s.ExpiresAt.Equal(want) {
			t.Errorf("expires: want %v, got %v", want, s.ExpiresAt)
		}
		// No tolerance of clocks makes a session that is over before it began.
		_, err := h.receive(h.respond(testidp.Response{SessionUntil: time.Now().Add(-10 * time.Second)}))
		h.refused(err, saml.SessionExpired)
	})
}

func TestReceiveAnswersOnlyWhatWasAsked(t *testing.T) {
	t.Run("of another connection", func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		p := h.begin(browserA)
		h.c = h.connect("entra", idp.Settings{})
		_, err := h.receive(h.respond(testidp.Response{InResponseTo: p.RequestID}))
		h.refused(err, saml.UnknownRequest)
	})
	t.Run("too late", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := newHouse(t, idp.Settings{})
			p := h.begin(browserA)
			time.Sleep(10 * time.Minute)
			_, err := h.receive(h.respond(testidp.Response{InResponseTo: p.RequestID}))
			h.refused(err, saml.UnknownRequest)
		})
	})
	t.Run("twice, by two assertions", func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		p := h.begin(browserA)
		h.mustReceive(h.respond(testidp.Response{InResponseTo: p.RequestID}))
		_, err := h.receive(h.respond(testidp.Response{InResponseTo: p.RequestID}))
		h.refused(err, saml.UnknownRequest)
	})
}

func TestReceiveRefusesAReplay(t *testing.T) {
	for name, solicited := range map[string]bool{"solicited": true, "unsolicited": false} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, idp.Settings{})
			var r testidp.Response
			if solicited {
				r.InResponseTo = h.begin(browserA).RequestID
			}
			field := h.respond(r)

			var wait sync.WaitGroup
			errs := make([]error, 20)
			for i := range errs {
				wait.Go(func() { _, errs[i] = h.receive(field) })
			}
			wait.Wait()
			accepted := 0
			for _, err := range errs {
				var refused *session.Refused
				switch {
				case err == nil:
					accepted++
				case !errors.As(err, &refused):
					t.Errorf("our own failure: %v", err)
				case refused.Reason != saml.Replayed && refused.Reason != saml.UnknownRequest:
					t.Errorf("reason %s", refused.Reason)
				}
			}
			if accepted != 1 || len(h.sessions()) != 1 {
				t.Errorf("%d accepted, %d sessions", accepted, len(h.sessions()))
			}
		})
	}
}

// A person who hangs up leaves a trace all the same.
func TestReceiveRecordsARefusalOfACallerWhoIsGone(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := h.manager.Receive(ctx, h.c, session.Arrival{SAMLResponse: "%%%"})
	h.refused(err, saml.NotBase64)
}

// A response that fails does not become acceptable because its refusal could
// not be written, and the log tells what happened without telling who.
func TestReceiveRefusesWithoutAnAuditTrail(t *testing.T) {
	h := newHouse(t, idp.Settings{EmailDomains: []string{"corp.example"}})
	broken := h.over(brokenRefusals{Store: h.db}, brokenEvents{})
	_, err := broken.Receive(t.Context(), h.c, session.Arrival{SAMLResponse: h.respond(testidp.Response{})})
	var refused *session.Refused
	if !errors.As(err, &refused) || refused.Reason != saml.DomainNotAllowed {
		t.Fatalf("want a refusal, got %v", err)
	}
	logs := h.logs.String()
	if !strings.Contains(logs, refused.Reference) || strings.Contains(logs, "ann@example.com") {
		t.Errorf("log: %s", logs)
	}
}

// brokenEvents is a database that has gone away, and quotes what it was given.
type brokenEvents struct{}

func (brokenEvents) AppendEvent(_ context.Context, e audit.Event) error {
	return errors.New("disk full while writing " + e.Person)
}

// brokenRefusals is the same database where a response is kept with the event.
type brokenRefusals struct {
	session.Store
	brokenEvents
}

func (b brokenRefusals) RecordRefusal(ctx context.Context, _ *session.Recording, e audit.Event) error {
	return b.AppendEvent(ctx, e)
}

// A database that cannot say whether a request is pending refuses nobody and
// accepts nobody.
func TestReceiveTellsOurFailuresApart(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	p := h.begin(browserA)
	m := h.over(brokenPending{h.db}, h.db)
	_, err := m.Receive(t.Context(), h.c, session.Arrival{SAMLResponse: h.respond(testidp.Response{InResponseTo: p.RequestID})})
	var refused *session.Refused
	if err == nil || errors.As(err, &refused) {
		t.Errorf("want our own failure, got %v", err)
	}
}

type brokenPending struct{ session.Store }

func (brokenPending) Pending(context.Context, string, string, time.Time) (*session.Pending, error) {
	return nil, errors.New("the database is gone")
}

func TestRefuse(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	refused := h.manager.Refuse(t.Context(), "gone", "192.0.2.7", &saml.Error{Reason: saml.TooLarge, Want: "less", Got: strings.Repeat("x", 5000) + "\x00"})
	_, e, detail := h.refused(refused, saml.TooLarge)
	if e.IDP != "gone" || e.Person != "" || len(detail.Got) > 510 {
		t.Errorf("event: %+v, %d bytes of got", e, len(detail.Got))
	}
}

func (h *house) createUser(userName string, active bool, p directory.Profile) {
	h.t.Helper()
	u := &directory.User{ID: "user-" + userName, UserName: userName, Active: active, Source: directory.FromSCIM, Profile: p}
	if err := h.db.CreateUser(h.t.Context(), u, directory.Act{Event: audit.New(audit.UserCreated, "command")}); err != nil {
		h.t.Fatal(err)
	}
}
