package gateway_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"sallyport/access"
	"sallyport/session"
)

// told asks for a page of an application that is set up by change, as somebody
// whose session is.
func toldTo(t *testing.T, change func(*access.Application), is func(*session.Session)) http.Header {
	t.Helper()
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", change)
	w := h.as("ann@example.com", is).at(wikiHost).opens(wikiPage)
	status(t, w, http.StatusOK)
	return w.Header()
}

func groups(names ...string) func(*session.Session) {
	return func(s *session.Session) {
		s.GroupsJSON = `["` + strings.Join(names, `","`) + `"]`
	}
}

func TestPresets(t *testing.T) {
	for preset, names := range map[access.Preset][4]string{
		"":                       {"Remote-User", "Remote-Groups", "Remote-Email", "Remote-Name"},
		access.PresetRemote:      {"Remote-User", "Remote-Groups", "Remote-Email", "Remote-Name"},
		access.PresetAuthRequest: {"X-Auth-Request-User", "X-Auth-Request-Groups", "X-Auth-Request-Email", "X-Auth-Request-Preferred-Username"},
		access.PresetForwarded:   {"X-Forwarded-User", "X-Forwarded-Groups", "X-Forwarded-Email", "X-Forwarded-Preferred-Username"},
		access.PresetWebAuth:     {"X-Webauth-User", "X-Webauth-Groups", "X-Webauth-Email", "X-Webauth-Name"},
	} {
		got := toldTo(t, func(a *access.Application) { a.Gateway.Headers = preset }, groups("engineering", "on-call"))
		want := []string{"ann@example.com", "engineering,on-call", "ann@example.com", ""}
		for i, name := range names {
			if values := got[name]; len(values) != 1 || values[0] != want[i] {
				t.Errorf("%q: %s is %q, want %q", preset, name, values, want[i])
			}
		}
		for _, name := range access.IdentityHeaders() {
			ours := name == access.HeaderAssertion || name == access.HeaderTags || name == access.HeaderPermissionSet
			if _, there := got[name]; there != (ours || slices.Contains(names[:], name)) {
				t.Errorf("%q: %s is there: %v", preset, name, there)
			}
		}
	}
	got := toldTo(t, func(a *access.Application) { a.Gateway.Headers = access.PresetNone }, nil)
	if got.Get("Remote-User") != "" || got.Get(access.HeaderAssertion) == "" {
		t.Errorf("none: %v", got)
	}
}

func TestGroupsThatWouldForgeOthersAreLeftOut(t *testing.T) {
	names := []string{"a,admins", "b;admins", "c|admins", "d admins", "plain", "über", " padded", "tab\\tinside", "line\\nend", "nul\\u0000", "c1\\u0085", "sep\\u2028"}
	for separator, want := range map[string][]string{
		"":  {"b;admins", "c|admins", "d admins", "plain", "über"},
		",": {"b;admins", "c|admins", "d admins", "plain", "über"},
		";": {"a,admins", "c|admins", "d admins", "plain", "über"},
		"|": {"a,admins", "b;admins", "d admins", "plain", "über"},
		" ": {"a,admins", "b;admins", "c|admins", "plain", "über"},
	} {
		got := toldTo(t, func(a *access.Application) { a.Gateway.Separator = separator }, groups(names...))
		glue := separator
		if glue == "" {
			glue = ","
		}
		if header := got.Get("Remote-Groups"); header != strings.Join(want, glue) {
			t.Errorf("%q: %q", separator, header)
		}
	}
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	w := h.as("ann@example.com", groups(names...)).at(wikiHost).opens(wikiPage)
	if c := claimsIn(t, w); len(c.Groups) != len(names) || !slices.Contains(c.Groups, "a,admins") {
		t.Errorf("the token has %q", c.Groups)
	}
}

func TestWhichGroupsAreTold(t *testing.T) {
	h := newHouse(t, nil)
	set := h.set("Read")
	for told, want := range map[access.Told]string{"": "engineering,on-call", access.TellAll: "engineering,on-call", access.TellAssigned: "on-call", access.TellNone: ""} {
		name := "app-" + string(told)
		if told == "" {
			name = "app-usual"
		}
		host := name + ".example.com"
		app := h.app(name, "https://"+host+"/", func(a *access.Application) { a.Gateway.Groups, a.Entry = told, access.Assigned })
		h.assign(access.Principal{Kind: access.ToClaim, IDP: "corp", Name: "on-call"}, app, set, nil)
		ann := h.as("ann@example.com", groups("engineering", "on-call")).at(host)
		w := ann.opens("https://" + host + "/")
		status(t, w, http.StatusOK)
		if got := w.Header().Get("Remote-Groups"); got != want || strings.Join(claimsIn(t, w).Groups, ",") != want {
			t.Errorf("%q: told %q and %q, want %q", told, got, claimsIn(t, w).Groups, want)
		}
	}
}

func TestTagsHeader(t *testing.T) {
	h := newHouse(t, nil)
	app := h.app("wiki", wikiBase+"/", func(a *access.Application) { a.Entry = access.Assigned })
	ann := h.as("ann@example.com", func(s *session.Session) {
		s.Tags = []session.Tag{{Key: "CostCenter", Value: "12&34=5"}, {Key: "Team", Value: "R+D / ü"}}
	}).at(wikiHost)
	h.assign(access.Principal{Kind: access.ToUser, ID: ann.session.UserID}, app, h.set("Write", access.Tag{Key: "team", Value: "a set"}, access.Tag{Key: "Level", Value: "2"}), nil)
	w := ann.opens(wikiPage)
	if got, want := w.Header().Get(access.HeaderTags), "CostCenter=12%2634%3D5&Level=2&team=a%20set"; got != want {
		t.Errorf("tags %q, want %q", got, want)
	}
	read, err := url.ParseQuery(w.Header().Get(access.HeaderTags))
	must(t, err)
	if c := claimsIn(t, w); len(c.Tags) != 3 || c.Tags["team"] != read.Get("team") || c.Tags["CostCenter"] != read.Get("CostCenter") {
		t.Errorf("claims %v, header %v", c.Tags, read)
	}
}

func TestAStrangerIsNotToldByThePersonsName(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	h.front.stranger = true
	ann := h.as("ann@example.com", nil).at(wikiHost)
	w := ann.opens(wikiPage)
	status(t, w, http.StatusOK)
	c := claimsIn(t, w)
	if c.Subject == ann.session.UserID || c.UserName == ann.name || c.Email != "" || w.Header().Get("Remote-User") == ann.name || w.Header().Get("Remote-Email") != "" {
		t.Errorf("claims %+v, headers %v", c, w.Header())
	}
	if c.Subject != "idp:corp:ann@example.com" || w.Header().Get("Remote-User") != c.Subject {
		t.Errorf("claims %+v, headers %v", c, w.Header())
	}
	// And when the connections say so, the same session is her own again.
	h.front.mu.Lock()
	h.front.stranger = false
	h.front.mu.Unlock()
	h.app("other", "https://other.example.com/", nil) // whatever moves the house
	if w := ann.opens(wikiPage); w.Header().Get("Remote-User") != ann.name || claimsIn(t, w).Subject != ann.session.UserID {
		t.Errorf("headers %v", w.Header())
	}
}

func TestANameThatNoHeaderHoldsIsNobodyElses(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	h.front.email = "ann@example.com\r\nRemote-User: root"
	for name, want := range map[string]int{"ann@example.com": 200, "ann\x01@example.com": 403, "idp:corp:ann@example.com": 403, "IDP:corp:ben@example.com": 403} {
		w := h.as(name, nil).at(wikiHost).opens(wikiPage)
		status(t, w, want)
		if got := w.Header().Get("Remote-Email"); got != "" {
			t.Errorf("%q: e-mail %q", name, got)
		}
	}
}

func TestHeadersStayWithinWhatProxiesTake(t *testing.T) {
	many := make([]string, 1000)
	for i := range many {
		many[i] = fmt.Sprintf("grp-engineering-and-more-%04d", i)
	}
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	for n, omitted := range map[int]bool{10: false, 150: false, 250: true, 280: true, 1000: true} {
		w := h.as(fmt.Sprintf("ann-%d@example.com", n), groups(many[:n]...)).at(wikiHost).opens(wikiPage)
		status(t, w, http.StatusOK)
		total := 0
		for name, values := range w.Header() {
			total += len(values[0])
			if len(name)+len(": ")+len(values[0])+len("\r\n") > 8<<10 {
				t.Errorf("%d groups: the line %s has %d bytes", n, name, len(values[0]))
			}
		}
		if c := claimsIn(t, w); total > 16<<10 || c.GroupsOmitted != omitted {
			t.Errorf("%d groups: %d bytes, omitted %v", n, total, c.GroupsOmitted)
		}
		if got := w.Header().Get("Remote-Groups"); (got == "") != (n >= 280) {
			t.Errorf("%d groups: the header has %d bytes", n, len(got))
		}
	}
}
