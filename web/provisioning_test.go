package web_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/htmlcheck"
	"sallyport/web"
)

// robot is what a connection's robot does to a record.
func robot(slug string, action audit.Action) directory.Act {
	return directory.Act{Scope: directory.Scope(slug), Event: audit.New(action, "scim:1")}
}

// provision makes people as a connection's robot does.
func (h *house) provision(slug string, userNames ...string) []*directory.User {
	h.t.Helper()
	var all []*directory.User
	for _, name := range userNames {
		u := &directory.User{UserName: name, Active: true}
		must(h.t, h.people.Create(h.t.Context(), u, robot(slug, audit.UserCreated)))
		all = append(all, u)
	}
	return all
}

// group makes a group as a connection's robot does; slug "" is an administrator.
func (h *house) group(slug, name string, members ...string) *directory.Group {
	h.t.Helper()
	g := &directory.Group{DisplayName: name}
	must(h.t, h.people.CreateGroup(h.t.Context(), g, members, robot(slug, audit.GroupCreated)))
	return g
}

// shownToken is the token that a page shows this once.
func shownToken(t *testing.T, body string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `id="new-token"><span class="copy"><code>`)
	secret, _, _ := strings.Cut(rest, "<")
	if !ok || len(secret) != 43 {
		t.Fatalf("no token is shown: %q", secret)
	}
	return secret
}

func TestProvisioningIsTurnedOnAndOff(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	const path = "/admin/idps/default/provisioning"
	b.get(path).check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Provisioning")), htmlcheck.In(".head .state", htmlcheck.Text("off")),
		htmlcheck.In("#theirs", htmlcheck.Text("For the identity provider")), htmlcheck.In("main .copy code", htmlcheck.Text(h.url+"/scim/v2")),
		htmlcheck.Count("input[name=refuse][checked]", 1), htmlcheck.Missing("#off"))

	for _, wrong := range []url.Values{{"days": {"366"}}, {"days": {"x"}}, {"days": {"0"}}, {"days": {"30"}, "compatibility": {"azure"}}} {
		b.post(path+"/tokens", wrong).check(t, http.StatusUnprocessableEntity, htmlcheck.Count("p[role=alert]", 1))
	}
	made := b.post(path+"/tokens", url.Values{"days": {"365"}, "refuse": {"yes"}})
	made.check(t, 200, htmlcheck.In(".head .state", htmlcheck.Text("on")), htmlcheck.In("#rules", htmlcheck.Text("What applies")), htmlcheck.In("main", htmlcheck.Text("refused for anybody")))
	first := shownToken(t, made.body)
	if _, err := h.people.TokenBySecret(t.Context(), first, "ExampleRobot/1.0"); err != nil {
		t.Fatal(err)
	}
	if got := h.registry.Connection("default").Provider.Settings.FirstSignIn; got != idp.FirstSignInRefuse {
		t.Errorf("first sign-ins: %q", got)
	}
	page := b.get(path)
	page.check(t, 200, htmlcheck.In("tbody", htmlcheck.Text("ExampleRobot/1.0"), htmlcheck.Text("364 days left"), htmlcheck.Text("one-time link")),
		htmlcheck.Missing("input[name=refuse]"), htmlcheck.Missing("tbody form"), htmlcheck.Count("#off", 1))
	if strings.Contains(page.body, first) {
		t.Error("the token is shown twice")
	}

	// Two at most, side by side; the last one goes by the word alone.
	second := shownToken(t, b.post(path+"/tokens", url.Values{"days": {"30"}, "compatibility": {"aws"}}).body)
	b.get(path).check(t, 200, htmlcheck.Count("tbody tr", 2), htmlcheck.Count("tbody form", 2), htmlcheck.Missing("#days"), htmlcheck.In("tbody", htmlcheck.Text("AWS"), htmlcheck.Text("ends soon")))
	b.post(path+"/tokens", url.Values{"days": {"30"}}).check(t, http.StatusConflict, htmlcheck.Count("#make", 1))
	tokens, err := h.people.Tokens(t.Context(), "default")
	must(t, err)
	b.get("/admin").check(t, 200, htmlcheck.In("main", htmlcheck.Text("A provisioning token of Identity provider ends")))
	b.post(path+"/tokens/"+tokens[0].ID+"/revocations", nil).leadsTo(t, path+"?done=token_revoked")
	b.post(path+"/tokens/nobody/revocations", nil).check(t, http.StatusNotFound)
	b.post(path+"/tokens/"+tokens[1].ID+"/revocations", nil).check(t, http.StatusConflict, htmlcheck.In(".danger-card p[role=alert]", htmlcheck.Text("last token")))
	if _, err := h.people.TokenBySecret(t.Context(), first, ""); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("the revoked token: %v", err)
	}
	if _, err := h.people.TokenBySecret(t.Context(), second, ""); err != nil {
		t.Errorf("the other token: %v", err)
	}

	kept := h.provision("default", "ann@example.com")[0]
	b.post(path+"/disablements", url.Values{"word": {"disable"}}).check(t, http.StatusUnprocessableEntity, htmlcheck.In(".danger-card p[role=alert]", htmlcheck.Text("DISABLE")), htmlcheck.In("#word", htmlcheck.Attr("value", "disable")))
	b.post(path+"/disablements", url.Values{"word": {"DISABLE"}}).leadsTo(t, path+"?done=provisioned_off")
	b.get(path).check(t, 200, htmlcheck.In(".head .state", htmlcheck.Text("off")), htmlcheck.Missing("input[name=refuse]")) // it is set already
	if u, err := h.people.User(t.Context(), kept.ID); err != nil || !u.Active {
		t.Errorf("the person: %+v, %v", u, err)
	}
	if h.count(audit.SCIMTokenMade) != 2 || h.count(audit.SCIMTokenRevoked) != 1 || h.count(audit.ProvisioningDisabled) != 1 {
		t.Error("not all of it is recorded")
	}
	if log := h.log.String(); strings.Contains(log, first) || strings.Contains(log, second) {
		t.Error("a token is in the log")
	}
}

// TestTheFirstTokenMayLeaveFirstSignInsAlone: the box is a proposal.
func TestTheFirstTokenMayLeaveFirstSignInsAlone(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	h.administrator().post("/admin/idps/default/provisioning/tokens", url.Values{"days": {"365"}}).check(t, 200)
	if got := h.registry.Connection("default").Provider.Settings.FirstSignIn; got != "" {
		t.Errorf("first sign-ins: %q", got)
	}
}

// runaway lets a robot deactivate people until the brake holds two.
func (h *house) runaway(slug string) []*directory.User {
	h.t.Helper()
	must(h.t, h.people.SetBrake(h.t.Context(), slug, 10, 2, "command"))
	var names []string
	for i := range 8 {
		names = append(names, fmt.Sprintf("p%d@example.com", i))
	}
	people := h.provision(slug, names...)
	for _, u := range people[:4] {
		h.deactivate(slug, u)
	}
	return people
}

func (h *house) deactivate(slug string, u *directory.User) {
	_, _ = h.people.Update(h.t.Context(), u.ID, func(u *directory.User) error { u.Active = false; return nil }, robot(slug, audit.UserDeactivated))
}

func (h *house) active(u *directory.User) bool {
	h.t.Helper()
	now, err := h.people.User(h.t.Context(), u.ID)
	must(h.t, err)
	return now.Active
}

func TestTheBrakeIsToldOnEveryPageAndReleased(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	const path = "/admin/idps/default/brake"
	b.get(path).check(t, 200, htmlcheck.In(".head .state", htmlcheck.Text("ready")), htmlcheck.In("main", htmlcheck.Text("more than 20 percent and more than 10 people")))
	people := h.runaway("default")
	if h.active(people[1]) || !h.active(people[2]) || !h.active(people[3]) {
		t.Fatal("the brake did not hold the third and the fourth")
	}
	for _, page := range []string{"/admin", "/admin/people", "/admin/groups", "/admin/provisioning", "/admin/idps/default/settings", path} {
		b.get(page).check(t, 200, htmlcheck.In("section.waiting", htmlcheck.Text("holds 2 people")))
	}
	if strings.Contains(h.browser().get("/signin").body, "brake") {
		t.Error("a page for everybody tells")
	}
	b.get(path).check(t, 200, htmlcheck.In(".verdict", htmlcheck.Text("2 people wait"), htmlcheck.Text("p2@example.com"), htmlcheck.Text("2 people got through")),
		htmlcheck.Count("form input[name=seen]", 1))

	// What nobody has looked at yet is not released along with the rest: neither
	// others, nor a removal where a deactivation was shown.
	seen := func(body string) url.Values { return url.Values{"seen": {field(t, body, "seen")}} }
	form := seen(b.get(path).body)
	h.deactivate("default", people[4])
	moved := b.post(path+"/releases", form)
	moved.check(t, http.StatusConflict, htmlcheck.In(".verdict p[role=alert]", htmlcheck.Text("The list has changed")), htmlcheck.In(".verdict tbody", htmlcheck.Text("p4@example.com deactivate them")))
	if err := h.people.Remove(t.Context(), people[4].ID, robot("default", audit.UserRemoved)); !errors.Is(err, directory.ErrHeld) {
		t.Fatal(err)
	}
	moved = b.post(path+"/releases", seen(moved.body))
	moved.check(t, http.StatusConflict, htmlcheck.In(".verdict tbody", htmlcheck.Text("p4@example.com remove them")))
	b.post(path+"/releases", nil).check(t, http.StatusUnprocessableEntity)
	if !h.active(people[2]) || !h.active(people[4]) {
		t.Error("it was released")
	}
	form = seen(moved.body)
	b.post(path+"/releases", form).leadsTo(t, path+"?done=brake_released")
	if _, err := h.people.User(t.Context(), people[4].ID); h.active(people[2]) || fault.KindOf(err) != fault.NotFound || !h.active(people[5]) {
		t.Error("not what was held was done")
	}
	b.get(path).check(t, 200, htmlcheck.In(".head .state", htmlcheck.Text("released")), htmlcheck.Missing("section.waiting"))
	b.post(path+"/releases", form).check(t, http.StatusConflict, htmlcheck.In("main", htmlcheck.Text("Nothing is held any more")))
}

// TestTheBrakeIsReadAsAFile: a list too long for a page is read whole, as the
// page would release it and in no other state, and no name runs as a formula.
func TestTheBrakeIsReadAsAFile(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	const path = "/admin/idps/default/brake"
	must(t, h.people.SetBrake(t.Context(), "default", 1, 1, "command"))
	var names []string
	for i := range 203 {
		names = append(names, fmt.Sprintf("=p%03d@example.com", i))
	}
	people := h.provision("default", names...)
	for _, u := range people {
		h.deactivate("default", u)
	}
	for _, page := range []string{"/admin/people", path} {
		b.get(page).check(t, 200, htmlcheck.In("section.waiting", htmlcheck.Text("holds 201 people")))
	}
	page := b.get(path)
	page.check(t, 200, htmlcheck.Count(".verdict tbody tr", 200), htmlcheck.In(".verdict", htmlcheck.Text("And 1 more.")))
	file := path + ".csv?" + url.Values{"seen": {field(t, page.body, "seen")}}.Encode()
	page.check(t, 200, htmlcheck.Count(`a[href="`+file+`"]`, 1))
	whole := b.get(file)
	rows, err := csv.NewReader(strings.NewReader(whole.body)).ReadAll()
	must(t, err)
	if len(rows) != 1+201 || whole.Header.Get("Content-Type") != "text/csv; charset=utf-8; header=present" {
		t.Fatalf("%d rows as %s", len(rows), whole.Header.Get("Content-Type"))
	}
	last := rows[201]
	last[3] = ""
	want := []string{people[202].ID, "'=p202@example.com", "deactivate", "", "waits"}
	if diff := cmp.Diff(want, last); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if err := h.people.Remove(t.Context(), people[9].ID, robot("default", audit.UserRemoved)); !errors.Is(err, directory.ErrHeld) {
		t.Fatal(err)
	}
	b.get(file).check(t, http.StatusConflict)
	b.get(path+".csv").check(t, http.StatusConflict)
}

func TestTheBrakeRejects(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	const path = "/admin/idps/default/brake"
	people := h.runaway("default")
	b.post(path+"/rejections", url.Values{"undo": {"yes"}}).leadsTo(t, path+"?done=brake_rejected")
	for i, u := range people[:4] {
		if !h.active(u) {
			t.Errorf("person %d is not active", i)
		}
	}
	b.get(path).check(t, 200, htmlcheck.Missing("section.waiting"), htmlcheck.In("section[aria-labelledby=rejected]", htmlcheck.Text("p2@example.com")))
	b.post(path+"/rejections", nil).check(t, http.StatusConflict)

	for _, wrong := range []url.Values{{"share": {"101"}}, {"share": {"-2"}}, {"share": {"x"}}, {"least": {"-1"}}} {
		b.post(path, wrong).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]"))
	}
	b.post(path, url.Values{"share": {"-1"}, "least": {""}}).leadsTo(t, path+"?done=brake_saved")
	b.get(path).check(t, 200, htmlcheck.In("#share", htmlcheck.Attr("value", "-1")), htmlcheck.In(".head .state", htmlcheck.Text("off")))
	b.get("/admin/idps/default/provisioning").check(t, 200, htmlcheck.In("#main .warn", htmlcheck.Text("off")))
}

// logged saves records as a robot's requests leave them.
func (h *house) logged(records ...*directory.Record) {
	h.t.Helper()
	for _, r := range records {
		r.IDP, r.At, r.UserAgent = "default", time.Now(), "ExampleRobot/1.0"
		h.people.Log(r)
	}
	must(h.t, h.people.Flush(h.t.Context()))
}

func TestTheProvisioningLog(t *testing.T) {
	var replays int
	h := newHouse(t, func(o *web.Options) {
		o.Replay = func(_ context.Context, r *directory.Record) (*directory.Record, error) {
			replays++
			if string(r.Body) != `{"title":"secret"}` {
				return nil, fault.New(fault.Invalid, "What it sent was not kept.")
			}
			return &directory.Record{Status: 409, Detail: "It is taken by now."}, nil
		}
	})
	h.connect("default", nil)
	ann := h.provision("default", "ann@example.com")[0]
	group := h.group("default", "Staff")
	changed := &directory.Record{Method: "PATCH", Path: "/Users/" + ann.ID, Status: 200, Resource: "User", ObjectID: ann.ID, Person: ann.UserName, Body: []byte(`{"title":"secret"}`),
		Changes: []directory.AttributeChange{{Attribute: "active", Old: "true", New: "false"}, {Attribute: "title", Old: "a", New: "secret"}}}
	failed := &directory.Record{Method: "POST", Path: "/Groups", Status: 409, SCIMType: "uniqueness", Detail: "It is taken.", Resource: "Group", ObjectID: group.ID}
	found := &directory.Record{Method: "GET", Path: "/Users?filter=userName+eq+%22x%22", Status: 200, Resource: "User"}
	h.logged(changed, failed, found)

	b := h.administrator()
	const path = "/admin/provisioning"
	for query, want := range map[string]int{"": 3, "?show=failed": 1, "?show=changes": 1, "?person=ANN@example.com": 1, "?person=ann": 0, "?object=" + group.ID: 1, "?idp=default": 3, "?idp=partner": 0} {
		b.get(path+query).check(t, 200, htmlcheck.Count("tbody tr", want))
	}
	b.get("/admin/people/"+ann.ID).check(t, 200, htmlcheck.In(`a[href="`+path+`?person=ann%40example.com"]`, htmlcheck.Text("Provisioning history")))

	page := b.get(path + "/" + changed.ID)
	page.check(t, 200, htmlcheck.In(".head .state", htmlcheck.Text("200")), htmlcheck.In("section[aria-labelledby=changes]", htmlcheck.Text("active true false"), htmlcheck.Text("title changed; the value is not kept here")),
		htmlcheck.In(`a[href="/admin/people/`+ann.ID+`"]`), htmlcheck.In("main", htmlcheck.Text("18 bytes, kept encrypted")))
	if strings.Contains(page.body, "secret") {
		t.Error("the page shows what was sent of the person")
	}
	b.get(path+"/"+failed.ID).check(t, 200, htmlcheck.In("main", htmlcheck.Text("uniqueness"), htmlcheck.Text("can't be tried again")), htmlcheck.In(`a[href="/admin/groups/`+group.ID+`"]`))
	b.get(path+"/nobody").check(t, http.StatusNotFound)

	b.post(path+"/"+changed.ID+"/replays", nil).check(t, 200, htmlcheck.In("div[role=status]", htmlcheck.Text("409"), htmlcheck.Text("It is taken by now.")))
	b.post(path+"/"+found.ID+"/replays", nil).check(t, http.StatusUnprocessableEntity, htmlcheck.In("p[role=alert]", htmlcheck.Text("not kept")))
	if replays != 2 || h.count(audit.ProvisioningReplayed) != 2 {
		t.Errorf("%d replays, %d recorded", replays, h.count(audit.ProvisioningReplayed))
	}
}

func TestNoReplayWhereNobodyCan(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	found := &directory.Record{Method: "GET", Path: "/Users", Status: 200}
	h.logged(found)
	b := h.administrator()
	b.get("/admin/provisioning/"+found.ID).check(t, 200, htmlcheck.Missing(`form[action="/admin/provisioning/`+found.ID+`/replays"]`))
	b.post("/admin/provisioning/"+found.ID+"/replays", nil).check(t, http.StatusNotFound)
}

// TestAuditorsOfProvisioning: these pages too offer an Auditor nothing.
func TestAuditorsOfProvisioning(t *testing.T) {
	h, administrators := withAdministrators(t)
	h.connect("default", nil)
	_, err := administrators.Grant(t.Context(), "default", access.Auditor, false, "ben@example.com", "command")
	must(t, err)
	people := h.runaway("default")
	_, _, err = h.people.MakeToken(t.Context(), "default", directory.TokenOptions{}, "command")
	must(t, err)
	local := h.group("", "Everybody", people[0].ID)
	provisioned := h.group("default", "Staff", people[0].ID)
	record := &directory.Record{Method: "GET", Path: "/Users", Status: 200}
	h.logged(record)
	ben := h.browser()
	ben.arrive("default", h.respond("default", response("ben")))
	for _, path := range []string{
		"/admin/idps/default/provisioning", "/admin/idps/default/brake", "/admin/idps/default/attributes", "/admin/provisioning", "/admin/provisioning/" + record.ID,
		"/admin/groups", "/admin/groups/" + local.ID, "/admin/groups/" + provisioned.ID, "/admin/stale", "/admin/removals", "/admin/people", "/admin/people/" + people[0].ID,
	} {
		ben.get(path).check(t, 200, htmlcheck.In(".viewer", htmlcheck.Text("Auditor")), htmlcheck.Missing("main form[method=post]"), htmlcheck.Missing("input[type=checkbox]"))
	}
}
