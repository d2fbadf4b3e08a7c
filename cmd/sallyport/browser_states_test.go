package main_test

import (
	"net/http"
	"net/http/httptest"
	"strings"

	"sallyport/web/ui"
)

// walkStates judges every page with the data that it may show beside what the
// other walks come upon. Pages that leave by themselves are made to stay.
func walkStates(_ *world, b *tab) {
	pages, err := ui.New(false)
	if err != nil {
		b.t.Fatal(err)
	}
	samples := map[string]ui.Sample{}
	for _, sample := range ui.Samples() {
		samples["/"+sample.Name] = sample
	}
	stay := strings.NewReplacer(` http-equiv="refresh"`, "", " data-auto-submit", "")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sample, found := samples[r.URL.Path]
		if !found {
			pages.Static.ServeFile(w, r)
			return
		}
		page := httptest.NewRecorder()
		if err := pages.Render(page, http.StatusOK, sample.Viewer, sample.Page); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = stay.WriteString(w, page.Body.String()) // the browser notices what is missing
	}))
	b.t.Cleanup(server.Close)
	for _, sample := range ui.Samples() {
		b.open(server.URL + "/" + sample.Name)
		b.stand(server.URL + "/" + sample.Name)
		b.glance("state-" + sample.Name)
	}
}
