package ui_test

import (
	"net/http/httptest"
	"reflect"
	"testing"

	"sallyport/access"
	"sallyport/internal/htmlcheck"
	"sallyport/web/ui"
)

func TestSamplesRender(t *testing.T) {
	pages, err := ui.New(true)
	if err != nil {
		t.Fatal(err)
	}
	for _, sample := range ui.Samples() {
		t.Run(sample.Name, func(t *testing.T) {
			w := httptest.NewRecorder()
			if err := pages.Render(w, 200, sample.Viewer, sample.Page); err != nil {
				t.Fatal(err)
			}
			for _, err := range htmlcheck.Sound(w.Body) {
				t.Error(err)
			}
		})
	}
}

// TestPagesAreStructs keeps loose maps out of what templates are given.
func TestPagesAreStructs(t *testing.T) {
	for _, sample := range ui.Samples() {
		kind := reflect.TypeOf(sample.Page)
		if kind.Kind() != reflect.Struct {
			t.Errorf("%s: page is a %s, want a struct", sample.Name, kind)
			continue
		}
		for i := range kind.NumField() {
			if f := kind.Field(i); f.Type.Kind() == reflect.Map || f.Type.Kind() == reflect.Interface {
				t.Errorf("%s: field %s is a %s", sample.Name, f.Name, f.Type)
			}
		}
	}
}

func TestExamplesOfRulesAreRules(t *testing.T) {
	for _, example := range (ui.Rule{}).Examples() {
		if err := access.CheckRule(example); err != nil {
			t.Errorf("%s: %v", example, err)
		}
	}
}

func TestRenderFailureSendsNothing(t *testing.T) {
	pages, err := ui.New(false)
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	if err := pages.Render(w, 200, "", ui.Session{}); err == nil { // no session to read from
		t.Fatal("want an error")
	}
	if w.Body.Len() != 0 {
		t.Errorf("half a page was sent: %q", w.Body)
	}
}
