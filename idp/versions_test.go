package idp_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
)

func TestRestore(t *testing.T) {
	r, db := registry(t)
	first, second := certificate(t, 400), certificate(t, 400)
	importInto(t, r, "corp", metadata(entity, first))
	activate(t, r, "corp")
	importInto(t, r, "corp", metadata(entity, second))
	activate(t, r, "corp")

	versions, err := r.Versions(t.Context(), "corp")
	if err != nil || len(versions) != 2 || versions[0].Number != 2 || versions[1].Number != 1 {
		t.Fatalf("versions = %+v, %v", versions, err)
	}
	p, err := r.Restore(t.Context(), "corp", 1, "user:2")
	if err != nil {
		t.Fatal(err)
	}
	if p.Live.Number != 2 || p.Draft.Source != idp.FromVersion || p.Draft.SourceName != "version 1" || p.Draft.CreatedBy != "user:2" || !p.Draft.ActivatedAt.IsZero() {
		t.Errorf("restored = %+v", p.Draft)
	}
	review, err := r.Review("corp")
	if err != nil || len(review.Danger) != 1 {
		t.Errorf("restoring is reviewed as any import: %+v, %v", review, err)
	}
	p = activate(t, r, "corp")
	if diff := cmp.Diff(versions[1].Certificates, p.Live.Certificates); diff != "" {
		t.Error(diff)
	}

	for number, kind := range map[int]fault.Kind{0: fault.NotFound, 77: fault.NotFound, p.Live.Number: fault.Conflict} {
		_, err := r.Restore(t.Context(), "corp", number, "user:2")
		wantKind(t, "restore", err, kind)
	}
	_, err = r.Restore(t.Context(), "missing", 1, "user:2")
	wantKind(t, "restore of a missing connection", err, fault.NotFound)
	_, err = r.Versions(t.Context(), "missing")
	wantKind(t, "versions of a missing connection", err, fault.NotFound)
	all := actions(t, db, "corp")
	if diff := cmp.Diff([]audit.Action{audit.IDPRestored, audit.IDPActivated}, all[len(all)-2:]); diff != "" {
		t.Error(diff)
	}
}

// A restored version is not undone by the address that it was restored
// against.
func TestWhatIsFetchedLeavesARestoredVersionAlone(t *testing.T) {
	first, second := certificate(t, 400), certificate(t, 400)
	published := &publisher{raw: metadata(entity, first)}
	r, _, url := far(t, published.ServeHTTP)
	if _, err := r.ImportURL(t.Context(), "corp", url, "", "user:1"); err != nil {
		t.Fatal(err)
	}
	activate(t, r, "corp")
	published.publish(metadata(entity, first, second))
	if p := refresh(t, r); len(p.Live.Certificates) != 2 {
		t.Fatalf("live has %d certificates", len(p.Live.Certificates))
	}
	p, err := r.Restore(t.Context(), "corp", 1, "user:1")
	if err != nil {
		t.Fatal(err)
	}
	review, err := r.Review("corp")
	if err != nil {
		t.Fatal(err)
	}
	wantWarning(t, review.Warnings, "no longer fetched from "+url)
	published.publish(metadata(entity, first, second, certificate(t, 400)))
	number := p.Draft.Number
	if p = refresh(t, r); p.Draft == nil || p.Draft.Number != number {
		t.Errorf("the restored draft became %+v", p.Draft)
	}
	if p = activate(t, r, "corp"); p.MetadataURL != "" || len(p.Live.Certificates) != 1 {
		t.Errorf("activated = %+v", p)
	}
}

// What a certificate's dates mean is told as of today, and once.
func TestAnOldDraftIsReviewedAsOfToday(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := open(t, database(t), options(t))
		wantOnce := func(part string) {
			t.Helper()
			review, err := r.Review("corp")
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, w := range review.Warnings {
				if strings.Contains(w, "runs out on") || strings.Contains(w, "ran out on") {
					n++
				}
			}
			if n != 1 {
				t.Errorf("the certificate's end is told %d times: %q", n, review.Warnings)
			}
			wantWarning(t, review.Warnings, part)
		}
		importInto(t, r, "corp", metadata(entity, certificate(t, 10)))
		wantOnce("runs out on")
		activate(t, r, "corp")
		importInto(t, r, "corp", metadata(entity, certificate(t, 200)))
		activate(t, r, "corp")
		importInto(t, r, "corp", metadata(entity, certificate(t, 50)))
		time.Sleep(30 * 24 * time.Hour)
		wantOnce("runs out on")
		time.Sleep(30 * 24 * time.Hour)
		wantOnce("ran out on")
		if _, err := r.Restore(t.Context(), "corp", 1, "user:1"); err != nil {
			t.Fatal(err)
		}
		review, err := r.Review("corp")
		if err != nil {
			t.Fatal(err)
		}
		wantWarning(t, review.Warnings, "ran out on")
	})
}
