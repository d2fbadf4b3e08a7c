package storetest

import (
	"context"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/store"
)

const day = 24 * time.Hour

func testRecordings(t *testing.T, url URL) {
	t.Run("keeps everything", func(t *testing.T) { testRecordingFields(t, corp(t, url)) })
	t.Run("all or none", func(t *testing.T) { testRecordingWithItsAct(t, corp(t, url)) })
	t.Run("bounded", func(t *testing.T) { testRecordingsBounded(t, corp(t, url)) })
	t.Run("retention", func(t *testing.T) { testRecordingRetention(t, corp(t, url)) })
	t.Run("off", func(t *testing.T) { testRecordingsOff(t, corp(t, url)) })
}

func testRecordingFields(t *testing.T, db *store.DB) {
	ctx := t.Context()
	accepted, refused := recording(true, 0), recording(false, 0)
	s := signIn("ada@example.com")
	s.Recording = accepted
	must(t, db.RecordSignIn(ctx, s))
	must(t, db.RecordRefusal(ctx, refused, event(audit.SignInRefused)))

	equal(t, recordings(t, db, session.RecordingFilter{IDP: "corp", Accepted: true}), []*session.Recording{accepted})
	equal(t, recordings(t, db, session.RecordingFilter{IDP: "corp"}), []*session.Recording{refused})
	equal(t, recordings(t, db, session.RecordingFilter{IDP: "corp", Before: refused.ID}), nil)
	found, err := db.RecordingByReference(ctx, refused.Reference)
	must(t, err)
	equal(t, found, refused)
	for _, reference := range []string{"", "nothing"} {
		_, err := db.RecordingByReference(ctx, reference)
		wantKind(t, err, fault.NotFound)
	}
	_, err = db.Recordings(ctx, session.RecordingFilter{IDP: "nothing"})
	wantKind(t, err, fault.NotFound)
}

// testRecordingWithItsAct: no sign-in without its recording, and the reverse;
// the same for the event of a refusal.
func testRecordingWithItsAct(t *testing.T, db *store.DB) {
	ctx := t.Context()
	s := signIn("ada@example.com")
	s.Recording = recording(true, 0)
	must(t, db.RecordSignIn(ctx, s))
	replay := signIn("ada@example.com")
	replay.AssertionID, replay.Recording = s.AssertionID, recording(true, 0)
	if err := db.RecordSignIn(ctx, replay); err == nil {
		t.Fatal("a replay was taken")
	}
	again := signIn("ada@example.com")
	again.Recording = s.Recording
	if err := db.RecordSignIn(ctx, again); err == nil {
		t.Fatal("one recording was saved twice")
	}
	if n := len(recordings(t, db, session.RecordingFilter{IDP: "corp", Accepted: true})); n != 1 {
		t.Errorf("%d recordings, want that of the one sign-in", n)
	}
	equal(t, liveNames(t, db), []string{"ada@example.com"})

	refused := recording(false, 0)
	must(t, db.RecordRefusal(ctx, refused, event(audit.SignInRefused)))
	if err := db.RecordRefusal(ctx, refused, event(audit.SignInRefused)); err == nil {
		t.Fatal("one recording was saved twice")
	}
	events, err := db.Events(ctx, audit.Filter{Actions: []audit.Action{audit.SignInRefused}})
	must(t, err)
	if len(events) != 1 {
		t.Errorf("%d events, want that of the one refusal", len(events))
	}
}

// testRecordingsBounded: the oldest of a kind give way, and those of no other
// kind or connection.
func testRecordingsBounded(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.CreateProvider(ctx, provider("other", idp.Active), audit.Event{}))
	elsewhere := recording(false, 0)
	elsewhere.IDP = "other"
	must(t, db.RecordRefusal(ctx, elsewhere, audit.Event{}))
	var newest []*session.Recording
	for range session.MaxAcceptedRecordings + 3 {
		s := signIn("ada@example.com")
		s.Recording = recording(true, 0)
		must(t, db.RecordSignIn(ctx, s))
		newest = append([]*session.Recording{s.Recording}, newest...)
	}
	for range session.MaxRefusedRecordings + 3 {
		must(t, db.RecordRefusal(ctx, recording(false, 0), audit.Event{}))
	}
	const all = 1000
	equal(t, recordings(t, db, session.RecordingFilter{IDP: "corp", Accepted: true, Limit: all}), newest[:session.MaxAcceptedRecordings])
	if n := len(recordings(t, db, session.RecordingFilter{IDP: "corp", Limit: all})); n != session.MaxRefusedRecordings {
		t.Errorf("%d refused ones are kept, want %d", n, session.MaxRefusedRecordings)
	}
	if n := len(recordings(t, db, session.RecordingFilter{IDP: "other", Limit: all})); n != 1 {
		t.Error("the recording of another connection gave way")
	}
	// Together they keep to the bound as well.
	together(atOnce, func(int) {
		for range 5 {
			if err := db.RecordRefusal(ctx, recording(false, 0), audit.Event{}); err != nil {
				t.Error(err)
			}
		}
	})
	must(t, db.RecordRefusal(ctx, recording(false, 0), audit.Event{}))
	if n := len(recordings(t, db, session.RecordingFilter{IDP: "corp", Limit: all})); n != session.MaxRefusedRecordings {
		t.Errorf("%d refused ones are kept after many at once, want %d", n, session.MaxRefusedRecordings)
	}
}

// testRecordingRetention: what is past its time is given to nobody, though it
// may still be there, and Prune takes it away.
func testRecordingRetention(t *testing.T, db *store.DB) {
	ctx := t.Context()
	week, month := recording(false, 8*day), recording(false, 30*day)
	fresh := recording(false, 6*day)
	for _, r := range []*session.Recording{week, month, fresh} {
		must(t, db.RecordRefusal(ctx, r, audit.Event{}))
	}
	given := func(want ...*session.Recording) {
		t.Helper()
		if got := recordings(t, db, session.RecordingFilter{IDP: "corp"}); len(got) != len(want) {
			t.Errorf("%d are given, want %d", len(got), len(want))
		}
		for _, r := range want {
			_, err := db.RecordingByReference(ctx, r.Reference)
			must(t, err)
		}
	}
	given(fresh)
	_, err := db.RecordingByReference(ctx, week.Reference)
	wantKind(t, err, fault.NotFound)
	setRecordDays(t, db, 90)
	given(fresh, week, month)

	setRecordDays(t, db, 10) // a shorter time takes effect in its own act
	setRecordDays(t, db, 90)
	given(fresh, week)
	prune := func(now time.Time, want int64) {
		t.Helper()
		n, err := db.Prune(ctx, now)
		must(t, err)
		if n != want {
			t.Errorf("%d rows are gone, want %d", n, want)
		}
	}
	prune(time.Now(), 0)
	prune(time.Now().Add(83*day), 1)
	given(fresh)
}

// testRecordingsOff: the switch deletes what was kept, and what another
// instance saves that has not heard of it is given to nobody and pruned.
func testRecordingsOff(t *testing.T, db *store.DB) {
	ctx := t.Context()
	before, late := recording(false, 0), recording(false, 0)
	must(t, db.RecordRefusal(ctx, before, audit.Event{}))
	setRecordDays(t, db, -1)
	must(t, db.RecordRefusal(ctx, late, audit.Event{}))
	for _, r := range []*session.Recording{before, late} {
		_, err := db.RecordingByReference(ctx, r.Reference)
		wantKind(t, err, fault.NotFound)
	}
	equal(t, recordings(t, db, session.RecordingFilter{IDP: "corp"}), nil)
	n, err := db.Prune(ctx, time.Now())
	must(t, err)
	if n != 1 {
		t.Errorf("%d rows were pruned, want the late one: the other was gone at once", n)
	}
	setRecordDays(t, db, 0)
	equal(t, recordings(t, db, session.RecordingFilter{IDP: "corp"}), nil)
}

func setRecordDays(t *testing.T, db *store.DB, days int) {
	t.Helper()
	_, err := db.UpdateProvider(context.Background(), "corp", 0, func(p *idp.Provider) error {
		p.Settings.RecordDays = days
		return nil
	}, audit.Event{})
	must(t, err)
}

// recording is of a response that came ago.
func recording(accepted bool, ago time.Duration) *session.Recording {
	r := &session.Recording{ID: id(), IDP: "corp", Accepted: accepted, At: soon(-ago), Sealed: append([]byte{0, 255}, hash()...)}
	if !accepted {
		r.Reference = id()
	}
	return r
}

func recordings(t *testing.T, db *store.DB, f session.RecordingFilter) []*session.Recording {
	t.Helper()
	all, err := db.Recordings(t.Context(), f)
	must(t, err)
	return all
}
