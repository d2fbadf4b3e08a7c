package gateway

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"sallyport/internal/chromiumtest"
)

// A form with everything that browsers treat in their own way.
const awkwardForm = `<!doctype html><html lang="en"><meta charset="utf-8"><title>x</title>
<form id="f" method="post" action="/send"><input name="submit" value="Save"><input name="action" value="https://evil.example/"><input name="id" value="kept">
<textarea name="text">
one
two	é 漢 😀 &amp;quot; &lt;/script&gt;</textarea><input name="a" value="1"><input name="a" value=""><input type="hidden" name="_charset_">
<input name="'&quot;&lt;b>" value="+&=%25;'&quot;<b>"><select name="s" multiple><option selected>x<option selected>y</select></form>
<script>HTMLFormElement.prototype.submit.call(document.getElementById("f"))</script></html>`

// Chromium sends the very bytes again that it sent before, and says the same of
// where they come from.
func TestChromiumSendsTheSameAgain(t *testing.T) {
	type sent struct{ body, origin, site, kind, referer string }
	first, again := make(chan sent, 1), make(chan sent, 1)
	mux := http.NewServeMux()
	take := func(r *http.Request) sent {
		body, _ := io.ReadAll(r.Body)
		return sent{string(body), r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Content-Type"), r.Header.Get("Referer")}
	}
	mux.HandleFunc("GET /form", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, awkwardForm)
	})
	mux.HandleFunc("POST /send", func(w http.ResponseWriter, r *http.Request) {
		got := take(r)
		fields, ok := formFields([]byte(got.body))
		if !ok {
			t.Errorf("not kept: %q", got.body)
		}
		first <- got
		if err := replayPage("http://"+r.Host+"/again(1)?x=%28&y=[1]", fields).write(w, http.StatusOK); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("POST /again(1)", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery != "x=%28&y=[1]" {
			t.Errorf("query %q", r.URL.RawQuery)
		}
		again <- take(r)
	})
	server := httptest.NewServer(mux)
	defer server.Close()

	ctx := chromiumtest.Tab(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/form?secret=1")); err != nil {
		t.Fatal(err)
	}
	var before, after sent
	for _, one := range []struct {
		from chan sent
		into *sent
	}{{first, &before}, {again, &after}} {
		select {
		case *one.into = <-one.from:
		case <-ctx.Done():
			t.Fatal("the form was not sent")
		}
	}
	if before.body != after.body {
		t.Errorf("sent\n%q\nand again\n%q", before.body, after.body)
	}
	if after.origin != server.URL || after.site != "same-origin" || after.kind != before.kind || after.referer != server.URL+"/" {
		t.Errorf("sent again with %+v", after)
	}
}
