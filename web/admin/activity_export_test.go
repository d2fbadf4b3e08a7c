package admin

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"sallyport/audit"
	"sallyport/session"
)

// endless is a far side that never runs out of events, or fails after some.
type endless struct {
	failAfter int
	given     int
}

func (*endless) AppendEvent(context.Context, audit.Event) error { return nil }

func (s *endless) Events(_ context.Context, f audit.Filter) ([]audit.Event, error) {
	if s.failAfter > 0 && s.given >= s.failAfter {
		return nil, errors.New("the database is gone")
	}
	s.given += f.Limit
	out := make([]audit.Event, f.Limit)
	for i := range out {
		out[i] = audit.Event{ID: "0", Action: audit.UserCreated}
	}
	return out, nil
}

func export(t *testing.T, store audit.Store, file string) (body *httptest.ResponseRecorder, cut bool) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler {
				panic(p)
			}
			cut = true
		}
	}()
	body = httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/admin/"+file, nil)
	if err := (&Console{Events: store}).ExportActivity(body, r, &session.Session{ID: "1", Kind: session.Link}); err != nil {
		t.Fatal(err)
	}
	return body, false
}

func TestExportsAreBounded(t *testing.T) {
	body, _ := export(t, &endless{}, "activity.csv")
	rows, err := csv.NewReader(body.Body).ReadAll()
	if err != nil || len(rows) != mostExported+1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	body, _ = export(t, &endless{}, "activity.json")
	var file struct {
		Events   []json.RawMessage
		Complete bool
	}
	if err := json.Unmarshal(body.Body.Bytes(), &file); err != nil || len(file.Events) != mostExported || file.Complete {
		t.Errorf("%d events, complete %v, %v", len(file.Events), file.Complete, err)
	}
}

func TestHalfAnExportIsCutOff(t *testing.T) {
	for _, file := range []string{"activity.csv", "activity.json"} {
		if _, cut := export(t, &endless{failAfter: exportedAtOnce}, file); !cut {
			t.Errorf("%s: half of it looks whole", file)
		}
	}
}

func TestPeriods(t *testing.T) {
	for _, c := range []struct{ from, to, since, until string }{
		{"", "", "", ""},
		{"2026-11-02T09:41", "2026-11-02T09:41", "2026-11-02T09:41:00Z", "2026-11-02T09:42:00Z"},
		{"2026-11-02", "2026-11-02", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"},
		{"", "2026-11-02 09:41:07", "", "2026-11-02T09:41:08Z"},
		{"2026-11-02T10:41:00+01:00", "", "2026-11-02T09:41:00Z", ""},
	} {
		since, until, err := period(c.from, c.to)
		if err != nil {
			t.Fatal(err)
		}
		for want, got := range map[string]string{c.since: since.Format("2006-01-02T15:04:05Z07:00"), c.until: until.Format("2006-01-02T15:04:05Z07:00")} {
			if want != "" && got != want {
				t.Errorf("%q to %q: got %s, want %s", c.from, c.to, got, want)
			}
		}
		if since.IsZero() != (c.since == "") || until.IsZero() != (c.until == "") {
			t.Errorf("%q to %q: got %s to %s", c.from, c.to, since, until)
		}
	}
	for _, wrong := range []url.Values{{"from": {"soon"}}, {"to": {"2026-13-01"}}, {"from": {"2026-11-03"}, "to": {"2026-11-01"}}} {
		if _, _, err := period(wrong.Get("from"), wrong.Get("to")); !again(err) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}
