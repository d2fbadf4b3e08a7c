package webhook_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/store"
	"sallyport/webhook"
)

// wire is the far side: it takes every request whole and answers as told.
type wire struct {
	mu     sync.Mutex
	answer func(n int) (status int, err error) // of the n-th request; nil: 200
	got    []delivery
}

type delivery struct {
	at     time.Time
	header http.Header
	body   string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.got = append(w.got, delivery{time.Now(), r.Header, string(body)})
	status := http.StatusOK
	if w.answer != nil {
		if status, err = w.answer(len(w.got)); err != nil {
			return nil, err
		}
	}
	return &http.Response{StatusCode: status, Body: http.NoBody, Request: r}, nil
}

// deliveries are all so far.
func (w *wire) deliveries() []delivery {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.got)
}

func (w *wire) ids() []string {
	var ids []string
	for _, d := range w.deliveries() {
		ids = append(ids, d.header.Get(webhook.DeliveryHeader))
	}
	return ids
}

const secret = "0123456789abcdef"

// house is a database with the worker that follows it, in a bubble.
type house struct {
	t       *testing.T
	db      *store.DB
	wire    *wire
	options webhook.Options

	mu      sync.Mutex
	results []webhook.Result
}

// inBubble runs test in a bubble of time, over a database of its own.
func inBubble(t *testing.T, test func(*house)) {
	t.Parallel()
	url := "sqlite://" + filepath.Join(t.TempDir(), "test.db")
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(t.Context(), url, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		}()
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		h := &house{t: t, db: db, wire: &wire{}}
		h.options = webhook.Options{
			URL: "https://hooks.example.com/path-is-a-password", Secret: secret,
			Service: "https://sso.example.com", Version: "1", Transport: h.wire, Counted: h.count,
		}
		test(h)
	})
}

func (h *house) count(r webhook.Result) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.results = append(h.results, r)
}

// follow runs a worker; what it gives stops it.
func (h *house) follow() (stop func()) {
	ctx, cancel := context.WithCancel(h.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- webhook.New(h.db, h.options).Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			h.t.Error(err)
		}
	}
}

// begin lets a worker take its first position.
func (h *house) begin() (stop func()) {
	stop = h.follow()
	time.Sleep(time.Second)
	return stop
}

func (h *house) append(action audit.Action, change func(*audit.Event)) string {
	h.t.Helper()
	e := audit.New(action, "system")
	if change != nil {
		change(&e)
	}
	if err := h.db.AppendEvent(h.t.Context(), e); err != nil {
		h.t.Fatal(err)
	}
	return e.ID
}

func TestTellsWhatHappensFromThenOnInOrderAndOnce(t *testing.T) {
	inBubble(t, func(h *house) {
		h.append(audit.IDPActivated, nil) // before there was a webhook
		time.Sleep(time.Second)
		stop := h.begin()
		defer func() { stop() }()
		var want []string
		for range 130 {
			want = append(want, h.append(audit.KeyRotated, nil))
			h.append(audit.SessionBegan, nil)
			h.append(audit.IDPImported, func(e *audit.Event) { e.Actor = "user:1" })
		}
		time.Sleep(10 * time.Second)
		stop()
		stop = h.follow() // as after a restart
		time.Sleep(time.Hour)
		want = append(want, h.append(audit.IDPImported, nil))
		time.Sleep(10 * time.Second)
		if diff := cmp.Diff(want, h.wire.ids()); diff != "" {
			h.t.Errorf("deliveries (-want +got):\n%s", diff)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if len(h.results) != len(want) || slices.Contains(h.results, webhook.Failed) {
			h.t.Errorf("%d results counted, want %d deliveries", len(h.results), len(want))
		}
	})
}

// An event becomes visible when its transaction ends, which may be after a
// later one was told.
func TestEventsThatAppearLate(t *testing.T) {
	inBubble(t, func(h *house) {
		defer h.begin()()
		late := audit.New(audit.KeyMade, "system")
		time.Sleep(20 * time.Second)
		first := h.append(audit.KeyRotated, nil)
		time.Sleep(30 * time.Second)
		if err := h.db.AppendEvent(h.t.Context(), late); err != nil {
			h.t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		second := h.append(audit.KeyRotated, nil)
		time.Sleep(time.Hour)
		third := h.append(audit.KeyRotated, nil)
		time.Sleep(time.Minute)
		if diff := cmp.Diff([]string{first, late.ID, second, third}, h.wire.ids()); diff != "" {
			h.t.Errorf("deliveries (-want +got):\n%s", diff)
		}
	})
}

func TestTriesAgainWithGrowingGaps(t *testing.T) {
	inBubble(t, func(h *house) {
		h.wire.answer = func(n int) (int, error) {
			if n <= 14 {
				return http.StatusInternalServerError, nil
			}
			return http.StatusNoContent, nil
		}
		defer h.begin()()
		one := h.append(audit.CertificateExpiring, nil)
		two := h.append(audit.IDPReverted, nil)
		time.Sleep(3 * time.Hour)
		ids := h.wire.ids()
		if len(ids) != 16 || ids[14] != one || ids[15] != two {
			h.t.Fatalf("deliveries %q, want 15 of %s and then %s", ids, one, two)
		}
		got := h.wire.deliveries()
		var gaps []time.Duration
		for i := 1; i < 15; i++ {
			gaps = append(gaps, got[i].at.Sub(got[i-1].at))
		}
		want := []time.Duration{}
		for s := range 10 {
			want = append(want, time.Second<<s)
		}
		want = append(want, 10*time.Minute, 10*time.Minute, 10*time.Minute, 10*time.Minute)
		if diff := cmp.Diff(want, gaps); diff != "" {
			h.t.Errorf("gaps (-want +got):\n%s", diff)
		}
	})
}

func TestGivesUpAfterADay(t *testing.T) {
	inBubble(t, func(h *house) {
		down := true
		h.wire.answer = func(int) (int, error) {
			if down {
				return 0, errors.New("connection refused by hooks.example.com")
			}
			return http.StatusOK, nil
		}
		defer h.begin()()
		lost := []string{h.append(audit.KeyMade, nil), h.append(audit.KeyRotated, nil)}
		time.Sleep(23 * time.Hour)
		kept := h.append(audit.AdminLinkUsed, nil)
		time.Sleep(90 * time.Minute)
		h.wire.mu.Lock()
		down = false
		h.wire.got = nil
		h.wire.mu.Unlock()
		time.Sleep(11 * time.Minute)
		if diff := cmp.Diff([]string{kept}, h.wire.ids()); diff != "" {
			h.t.Errorf("deliveries (-want +got):\n%s", diff)
		}
		events, err := h.db.Events(h.t.Context(), audit.Filter{Actions: []audit.Action{audit.WebhookFailed}})
		if err != nil || len(events) != 1 {
			h.t.Fatalf("%d events of loss, %v; want 1", len(events), err)
		}
		want := `{"events":2,"first":"` + lost[0] + `","last":"` + lost[1] + `"}`
		if e := events[0]; e.Reason != "unreachable" || string(e.Detail) != want {
			h.t.Errorf("loss: %q, %s; want unreachable, %s", e.Reason, e.Detail, want)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		givenUp := 0
		for _, r := range h.results {
			if r == webhook.GivenUp {
				givenUp++
			}
		}
		if givenUp != len(lost) {
			h.t.Errorf("%d counted as given up, want %d", givenUp, len(lost))
		}
	})
}

func TestOneInstanceSends(t *testing.T) {
	inBubble(t, func(h *house) {
		stop := h.begin()
		defer h.follow()()
		defer h.follow()()
		var want []string
		for range 50 {
			want = append(want, h.append(audit.KeyRotated, nil))
			time.Sleep(3 * time.Second)
		}
		stop() // the one that held it may be gone: another goes on
		for range 50 {
			want = append(want, h.append(audit.KeyRotated, nil))
			time.Sleep(3 * time.Second)
		}
		time.Sleep(2 * time.Minute)
		if diff := cmp.Diff(want, h.wire.ids()); diff != "" {
			h.t.Errorf("deliveries (-want +got):\n%s", diff)
		}
	})
}

// Another instance, and a restart, go on with the gap; but who restarts the
// only instance has mended something, and is not kept waiting.
func TestGapsOutliveTheirHolder(t *testing.T) {
	inBubble(t, func(h *house) {
		h.wire.answer = func(int) (int, error) { return http.StatusBadGateway, nil }
		stop := h.begin()
		h.append(audit.KeyRotated, nil)
		time.Sleep(time.Hour)
		before := len(h.wire.ids())
		stop()
		time.Sleep(2 * time.Minute)
		defer h.follow()()
		time.Sleep(time.Second)
		if n := len(h.wire.ids()); n != before+1 {
			h.t.Errorf("%d attempts at the start, want 1", n-before)
		}
		time.Sleep(9 * time.Minute)
		if n := len(h.wire.ids()); n != before+1 {
			h.t.Errorf("%d attempts in 9 minutes, want 1", n-before)
		}
	})
}

func TestTellsNoMoreThanItShould(t *testing.T) {
	inBubble(t, func(h *house) {
		defer h.begin()()
		h.append(audit.AdminGranted, func(e *audit.Event) {
			e.Actor, e.Object, e.Person = "user:7", "admin_grant:1", "ann@example.com"
			e.Detail, e.ClientIP = []byte(`{"principal":"ann@example.com"}`), "192.0.2.9"
		})
		h.append(audit.CertificateExpiring, func(e *audit.Event) {
			e.IDP, e.Detail = "acme", []byte(`{"days":30}`)
		})
		h.append(audit.SignInRefused, func(e *audit.Event) { e.Person = "ben@example.com" })
		time.Sleep(10 * time.Second)
		got := h.wire.deliveries()
		if len(got) != 2 {
			h.t.Fatalf("%d deliveries, want 2", len(got))
		}
		for _, d := range got {
			for _, never := range []string{"@example.com", "192.0.2.9"} {
				if strings.Contains(d.body, never) {
					h.t.Errorf("%s is told: %s", never, d.body)
				}
			}
		}
		for _, want := range []string{`"detail":{"days":30}`, `"link":"https://sso.example.com/admin/idps/acme"`, `"action":"certificate.expiring"`, `"service":"https://sso.example.com"`} {
			if !strings.Contains(got[1].body, want) {
				h.t.Errorf("%s is missing in %s", want, got[1].body)
			}
		}
	})
}

func TestTellsOfProvisioning(t *testing.T) {
	inBubble(t, func(h *house) {
		defer h.begin()()
		want := map[audit.Action]string{
			audit.SCIMTokenMade: "provisioning", audit.SCIMTokenRevoked: "provisioning", audit.SCIMTokenExpiring: "provisioning", audit.ProvisioningDisabled: "provisioning",
			audit.ProvisioningHeld: "brake", audit.ProvisioningReleased: "brake", audit.ProvisioningRejected: "brake", audit.BrakeChanged: "brake",
		}
		for action := range want {
			h.append(action, func(e *audit.Event) {
				e.IDP, e.Person, e.Detail = "acme", "ann@example.com", []byte(`{"people":12}`)
			})
		}
		h.append(audit.UserDeactivated, func(e *audit.Event) { e.IDP = "acme" }) // each single one would be a flood
		time.Sleep(10 * time.Second)
		for _, d := range h.wire.deliveries() {
			action := audit.Action(d.header.Get(webhook.EventHeader))
			if !strings.Contains(d.body, `"link":"https://sso.example.com/admin/idps/acme/`+want[action]+`"`) || strings.Contains(d.body, "ann@example.com") {
				h.t.Errorf("%s: %s", action, d.body)
			}
			if numbers := strings.Contains(d.body, `{"people":12}`); numbers != (want[action] == "brake" || action == audit.SCIMTokenExpiring) {
				h.t.Errorf("%s: numbers are told: %t", action, numbers)
			}
			delete(want, action)
		}
		if len(want) > 0 {
			h.t.Errorf("not told: %v", want)
		}
	})
}
