package web_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/internal/htmlcheck"
)

func (a answer) check200(t *testing.T) {
	t.Helper()
	if a.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %s", a.StatusCode, a.body)
	}
}

// happen writes n events of one action.
func (h *house) happen(n int, action audit.Action, change func(*audit.Event)) {
	h.t.Helper()
	for range n {
		e := audit.New(action, "command")
		if change != nil {
			change(&e)
		}
		must(h.t, h.db.AppendEvent(h.t.Context(), e))
	}
}

func TestActivityIsFilteredAndPaged(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	h.browser().arrive("default", h.respond("default", response("ann")))
	ann := h.person("ann@example.com")
	h.happen(60, audit.UserCreated, func(e *audit.Event) { e.Object, e.Person = "user:"+ann.ID, "ann@example.com" })
	h.happen(1, audit.IDPDisabled, func(e *audit.Event) {
		e.Actor, e.IDP, e.Detail = "user:"+ann.ID, "partner", json.RawMessage(`{"why":"<b>"}`)
	})
	admin := h.administrator()
	soon := url.QueryEscape(time.Now().UTC().Add(2 * time.Minute).Format("2006-01-02T15:04"))
	for query, want := range map[string]int{
		"action=user.created":                 50,
		"action=idp.disabled":                 1,
		"idp=partner":                         1,
		"actor=ANN@example.com":               3, // created, signed in, disabled
		"actor=user:" + ann.ID:                3,
		"actor=zoe@example.com":               0,
		"object=user:" + ann.ID:               50,
		"person=ann@example.com&action=idp.x": 0,
		"from=" + soon:                        0,
		"action=idp.disabled&to=" + soon:      1,
		"action=idp.disabled&to=2020-01-01":   0,
		"action=idp.disabled&from=2020-01-01": 1,
		"action=idp.disabled&actor=command":   0,
		"action=user.created&actor=command":   50,
		"action=admin_link.used&actor=system": 0,
	} {
		admin.get("/admin/activity?"+query).check(t, 200, htmlcheck.Count("section tbody tr", want))
	}
	admin.get("/admin/activity?idp=partner").check(t, 200,
		htmlcheck.In("section tbody a", htmlcheck.Attr("href", "/admin/people/"+ann.ID), htmlcheck.Text("ann@example.com")),
		htmlcheck.In("tbody pre", htmlcheck.Text("<b>")), htmlcheck.Missing("tbody b"),
		htmlcheck.In("a[download]", htmlcheck.Attr("href", "/admin/activity.csv?idp=partner")))
	first := admin.get("/admin/activity?action=user.created")
	_, rest, _ := strings.Cut(first.body, `<a class="button" href="`)
	older, _, _ := strings.Cut(rest, `"`)
	admin.get(strings.ReplaceAll(older, "&amp;", "&")).check(t, 200, htmlcheck.Count("section tbody tr", 11))
	admin.get("/admin/activity?to=tomorrow").check(t, http.StatusUnprocessableEntity, htmlcheck.In("p[role=alert]", htmlcheck.Text("UTC")))
}

// Names and reasons come from outside: no spreadsheet may take one for a formula.
var formulas = []string{`=HYPERLINK("https://evil.example.net","x")`, "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"}

func TestExportAsCSV(t *testing.T) {
	h := newHouse(t)
	for _, f := range formulas {
		h.happen(1, audit.UserCreated, func(e *audit.Event) { e.Person = f })
	}
	h.happen(1200, audit.IDPDisabled, func(e *audit.Event) { e.IDP, e.Detail = "partner", json.RawMessage(`{"a":"b, \"c\""}`) })
	admin := h.administrator()
	a := admin.get("/admin/activity.csv?action=user.created")
	a.check200(t)
	if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") || !strings.Contains(a.Header.Get("Content-Disposition"), "attachment; filename=\"sallyport-activity-") ||
		a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", a.Header)
	}
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	must(t, err)
	if len(rows) != len(formulas)+1 || rows[0][6] != "person" {
		t.Fatalf("%d rows, %v", len(rows), rows[0])
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("%q would be reckoned", cell)
			}
		}
		if !strings.HasPrefix(row[6], "'") {
			t.Errorf("%q was not defused", row[6])
		}
	}
	rows, err = csv.NewReader(strings.NewReader(admin.get("/admin/activity.csv?idp=partner").body)).ReadAll()
	must(t, err)
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		seen[row[0]] = true
	}
	if len(rows) != 1201 || len(seen) != 1200 || rows[1][10] != `{"a":"b, \"c\""}` {
		t.Errorf("%d rows, %d of them different, detail %s", len(rows), len(seen), rows[1][10])
	}
}

func TestExportAsJSONIsRecorded(t *testing.T) {
	h := newHouse(t)
	h.happen(700, audit.IDPDisabled, func(e *audit.Event) { e.IDP, e.Person = "partner", "=1" })
	admin := h.administrator()
	a := admin.get("/admin/activity.json?idp=partner&actor=command")
	a.check200(t)
	var file struct {
		Events []struct {
			ID, Action, Actor, Connection, Person string
			At                                    time.Time
		}
		Complete bool
	}
	must(t, json.Unmarshal([]byte(a.body), &file))
	if len(file.Events) != 700 || !file.Complete || file.Events[0].Connection != "partner" || file.Events[0].Person != "=1" || file.Events[0].At.IsZero() {
		t.Errorf("%d events, complete %v", len(file.Events), file.Complete)
	}
	events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.EventsExported}})
	must(t, err)
	if len(events) != 1 || !strings.HasPrefix(events[0].Actor, "link:") || events[0].ClientIP == "" ||
		string(events[0].Detail) != `{"filter":{"actor":"command","idp":"partner"},"format":"json"}` {
		t.Errorf("recorded %+v", events)
	}
	empty := admin.get("/admin/activity.json?idp=nowhere")
	must(t, json.Unmarshal([]byte(empty.body), &file))
	if len(file.Events) != 0 {
		t.Errorf("got %d events of nothing", len(file.Events))
	}
	admin.get("/admin/activity.csv?from=yesterday").check(t, http.StatusUnprocessableEntity)
	h.browser().get("/admin/activity.csv").check(t, http.StatusUnauthorized)
	if h.count(audit.EventsExported) != 2 {
		t.Errorf("%d exports recorded", h.count(audit.EventsExported))
	}
}
