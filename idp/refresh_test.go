package idp_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
)

// publisher serves the document that it was last given.
type publisher struct {
	mu  sync.Mutex
	raw []byte // nil: 503
}

func (p *publisher) publish(raw []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.raw = raw
}

func (p *publisher) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.raw == nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.Write(p.raw)
}

func refresh(t *testing.T, r *idp.Registry) *idp.Provider {
	t.Helper()
	p, err := r.Refresh(t.Context(), "corp", "system")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRefresh(t *testing.T) {
	first, second, third := certificate(t, 400), certificate(t, 400), certificate(t, 400)
	published := &publisher{raw: metadata(entity, first)}
	r, db, url := far(t, published.ServeHTTP)
	if _, err := r.ImportURL(t.Context(), "corp", url, "", "user:1"); err != nil {
		t.Fatal(err)
	}

	// Before the first review nothing is taken over, whatever comes.
	published.publish(metadata(entity, first, second))
	if p := refresh(t, r); p.Live != nil || len(p.Draft.Certificates) != 2 {
		t.Errorf("a draft in waiting: %+v", p)
	}
	published.publish(metadata(entity, first))
	refresh(t, r)
	activate(t, r, "corp")

	// Nothing new.
	before := r.Connection("corp").Provider
	if p := refresh(t, r); p.Draft != nil || p.Live.Number != before.Live.Number || p.RefreshedAt.Before(before.RefreshedAt) {
		t.Errorf("nothing new: %+v", p)
	}

	// A certificate on top is trusted at once.
	published.publish(metadata(entity, first, second))
	p := refresh(t, r)
	if p.Draft != nil || len(p.Live.Certificates) != 2 || p.Live.Number == before.Live.Number || p.Live.CreatedBy != "system" {
		t.Errorf("a certificate on top: %+v", p)
	}
	if n := len(r.Connection("corp").Trust.Certificates); n != 2 {
		t.Errorf("%d live certificates, want 2", n)
	}

	// One that goes waits for review, and what comes with it does not.
	published.publish(metadata(entity, second, third))
	p = refresh(t, r)
	if p.Draft == nil || len(p.Live.Certificates) != 3 || len(p.Draft.Certificates) != 2 {
		t.Errorf("a certificate that goes: %+v", p)
	}
	number := p.Draft.Number
	if p = refresh(t, r); p.Draft.Number != number || len(p.Live.Certificates) != 3 {
		t.Errorf("the same draft was saved again as %d", p.Draft.Number)
	}

	// All of them exchanged at once wait: nothing that is trusted speaks for them.
	published.publish(metadata(entity, certificate(t, 400)))
	if p = refresh(t, r); len(p.Live.Certificates) != 3 || len(p.Draft.Certificates) != 1 {
		t.Errorf("all certificates exchanged: %+v", p)
	}

	// Another sign-in URL waits; with {tenantid} too.
	for _, raw := range [][]byte{
		[]byte(strings.Replace(string(metadata(entity, first, second, third)), "https://idp.example.net/sso", "https://evil.example.net/sso", 1)),
		[]byte(strings.Replace(string(metadata(entity, first, second, third)), entity, "https://evil.example.net/", 1)),
	} {
		published.publish(raw)
		if p = refresh(t, r); p.Live.EntityID != entity || p.Live.SSO[0].Location != "https://idp.example.net/sso" || len(p.Live.Certificates) != 3 {
			t.Errorf("another identity provider took over: %+v", p.Live)
		}
	}

	// A far side that fails changes nothing, and says so once.
	published.publish(nil)
	p = refresh(t, r)
	if !strings.Contains(p.RefreshFailed, "503") || !r.Connection("corp").Active() || len(p.Live.Certificates) != 3 {
		t.Errorf("a failing far side: %+v", p)
	}
	told := len(actions(t, db, "corp"))
	if refresh(t, r); len(actions(t, db, "corp")) != told {
		t.Error("the same failure was told twice")
	}
	published.publish([]byte("<!doctype html>"))
	if p = refresh(t, r); !strings.Contains(p.RefreshFailed, "web page") || !r.Connection("corp").Active() {
		t.Errorf("a far side with a web page: %+v", p)
	}
	published.publish(metadata(entity, first, second))
	if p = refresh(t, r); p.RefreshFailed != "" {
		t.Errorf("recovered: %+v", p)
	}
}

// Where the policy says so, what came on top waits for approval.
func TestRefreshHoldsAddedCertificates(t *testing.T) {
	first, second, third := certificate(t, 400), certificate(t, 400), certificate(t, 400)
	published := &publisher{raw: metadata(entity, first)}
	r, db, url := far(t, published.ServeHTTP)
	if _, err := r.ImportURL(t.Context(), "corp", url, "", "user:1"); err != nil {
		t.Fatal(err)
	}
	activate(t, r, "corp")
	hold := func(_ *string, s *idp.Settings) { s.AddedCertificates = idp.AddedCertificatesHold }
	if _, err := r.UpdateSettings(t.Context(), "corp", 0, hold, "user:1"); err != nil {
		t.Fatal(err)
	}
	published.publish(metadata(entity, first, second))
	p := refresh(t, r)
	if len(p.Live.Certificates) != 1 || p.Draft == nil || len(p.Draft.Certificates) != 2 {
		t.Fatalf("held = %+v", p)
	}
	refresh(t, r)
	if all := actions(t, db, "corp"); all[len(all)-1] != audit.IDPHeld || all[len(all)-2] != audit.IDPSettingsChanged {
		t.Errorf("events = %v, want it told once", all)
	}
	published.publish(metadata(entity, second, third))
	if p = refresh(t, r); len(p.Live.Certificates) != 1 || len(p.Draft.Certificates) != 2 {
		t.Errorf("held = %+v", p)
	}
}

// An edit that began before an hourly refresh is saved where that found
// nothing new, and also where it failed.
func TestRefreshWithoutNewsLeavesTheVersion(t *testing.T) {
	published := &publisher{raw: metadata(entity, certificate(t, 400))}
	r, _, url := far(t, published.ServeHTTP)
	if _, err := r.ImportURL(t.Context(), "corp", url, "", "user:1"); err != nil {
		t.Fatal(err)
	}
	seen := activate(t, r, "corp")
	p := refresh(t, r)
	if p.Version != seen.Version || p.RefreshedAt.Before(seen.RefreshedAt) || !p.UpdatedAt.Equal(seen.UpdatedAt) {
		t.Errorf("refreshed = %+v, want version %d", p, seen.Version)
	}
	document, last := published.raw, p.RefreshedAt
	published.publish(nil)
	if p = refresh(t, r); p.Version != seen.Version || p.RefreshFailed == "" || !p.RefreshedAt.Equal(last) {
		t.Errorf("failed = %+v, want version %d", p, seen.Version)
	}
	published.publish(document)
	if p = refresh(t, r); p.Version != seen.Version || p.RefreshFailed != "" {
		t.Errorf("recovered = %+v, want version %d", p, seen.Version)
	}
	if _, err := r.UpdateSettings(t.Context(), "corp", seen.Version, func(name *string, _ *idp.Settings) { *name = "Corporate" }, "user:1"); err != nil {
		t.Errorf("the edit is lost: %v", err)
	}
}

func TestRefreshLeavesTheAdministratorsDraftAlone(t *testing.T) {
	first, second := certificate(t, 400), certificate(t, 400)
	published := &publisher{raw: metadata(entity, first)}
	r, _, url := far(t, published.ServeHTTP)
	if _, err := r.ImportURL(t.Context(), "corp", url, "", "user:1"); err != nil {
		t.Fatal(err)
	}
	activate(t, r, "corp")
	p := importInto(t, r, "corp", metadata("https://uploaded.example.net/", second))
	number := p.Draft.Number
	published.publish(metadata("https://other.example.net/", first))
	if p = refresh(t, r); p.Draft.Number != number || p.Draft.EntityID != "https://uploaded.example.net/" {
		t.Errorf("the draft became %+v", p.Draft)
	}
	// Once what was uploaded is live, the URL has no say any more.
	if p = activate(t, r, "corp"); p.MetadataURL != "" {
		t.Errorf("metadata URL = %s", p.MetadataURL)
	}
	_, err := r.Refresh(t.Context(), "corp", "user:1")
	wantKind(t, "refresh without a URL", err, fault.Invalid)
}

// A URL that nobody reviewed must not add certificates to what was uploaded.
func TestANewURLAddsNothingToWhatIsLive(t *testing.T) {
	first, second := certificate(t, 400), certificate(t, 400)
	published := &publisher{raw: metadata(entity, first)}
	r, _, url := far(t, published.ServeHTTP)
	importInto(t, r, "corp", metadata(entity, first))
	activate(t, r, "corp")
	if _, err := r.ImportURL(t.Context(), "corp", url, "", "user:1"); err != nil {
		t.Fatal(err)
	}
	published.publish(metadata(entity, first, second))
	if p := refresh(t, r); len(p.Live.Certificates) != 1 || len(p.Draft.Certificates) != 2 {
		t.Errorf("live has %d certificates", len(p.Live.Certificates))
	}
	if p, err := r.DiscardDraft(t.Context(), "corp", "user:1"); err != nil || p.MetadataURL != "" {
		t.Errorf("after discarding: %q, %v", p.MetadataURL, err)
	}
}

func TestRefreshOfAnAggregateKeepsItsOne(t *testing.T) {
	first, second, third := certificate(t, 400), certificate(t, 400), certificate(t, 400)
	aggregate := func(of ...[]byte) []byte {
		return []byte(`<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">` + string(metadata(entity, of...)) + string(metadata("https://b.example.net/", third)) + `</md:EntitiesDescriptor>`)
	}
	published := &publisher{raw: aggregate(first)}
	r, _, url := far(t, published.ServeHTTP)
	if _, err := r.ImportURL(t.Context(), "corp", url, entity, "user:1"); err != nil {
		t.Fatal(err)
	}
	activate(t, r, "corp")
	published.publish(aggregate(first, second))
	if p := refresh(t, r); p.Live.EntityID != entity || len(p.Live.Certificates) != 2 || p.RefreshFailed != "" {
		t.Errorf("refreshed = %+v, %s", p.Live, p.RefreshFailed)
	}
}

func TestRunFollowsAndKeepsFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first, second := certificate(t, 400), certificate(t, 400)
		published := &publisher{raw: metadata(entity, first)}
		var fetched atomic.Int64
		db, o := database(t), options(t)
		o.Client = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			fetched.Add(1)
			w := httptest.NewRecorder()
			published.ServeHTTP(w, r)
			return w.Result(), nil
		})}
		server, command := open(t, db, o), open(t, db, o)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- server.Run(ctx) }()

		if _, err := command.ImportURL(ctx, "corp", "https://idp.example.net/metadata", "", "command"); err != nil {
			t.Fatal(err)
		}
		activate(t, command, "corp")
		time.Sleep(5 * time.Second)
		if c := server.Connection("corp"); c == nil || !c.Active() {
			t.Error("a change by another process was not followed within 5 s")
		}
		published.publish(metadata(entity, first, second))
		time.Sleep(50 * time.Minute)
		if n := fetched.Load(); n != 1 {
			t.Errorf("fetched %d times in 50 minutes", n)
		}
		time.Sleep(20 * time.Minute)
		if n := len(server.Connection("corp").Trust.Certificates); n != 2 || fetched.Load() != 2 {
			t.Errorf("%d certificates after %d fetches", n, fetched.Load())
		}
		published.publish(nil)
		time.Sleep(24 * time.Hour)
		if c := server.Connection("corp"); !c.Active() || c.Provider.RefreshFailed == "" || fetched.Load() < 20 || fetched.Load() > 27 {
			t.Errorf("after a day without the far side: %d fetches, %+v", fetched.Load(), c.Provider)
		}
		if _, err := command.Disable(ctx, "corp", "command"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		before := fetched.Load()
		time.Sleep(3 * time.Hour)
		if fetched.Load() != before || server.Connection("corp").Active() {
			t.Error("a disabled connection is still fetched or active")
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
		want := []audit.Action{
			audit.IDPCreated, audit.IDPImported, audit.IDPActivated, audit.IDPActivated, audit.IDPRefreshFailed, audit.IDPDisabled,
		}
		if diff := cmp.Diff(want, actions(t, db, "corp")); diff != "" {
			t.Error(diff)
		}
	})
}
