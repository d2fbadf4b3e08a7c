package directory_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
)

func TestBrakeOverTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		defer h.db.Close()
		ctx := t.Context()
		people := h.staff(80)
		next := 0
		deactivate := func() error {
			t.Helper()
			err := h.setActive(people[next], false, robot(audit.UserChanged))
			if err == nil {
				next++
			}
			return err
		}
		// Fewer than a fifth an hour may go on for as long as they like.
		for range 3 {
			for range 10 {
				h.must(deactivate())
				time.Sleep(time.Minute)
			}
			time.Sleep(time.Hour)
		}
		// 50 are active now; ten may go, and one more when the first of them was
		// an hour ago.
		for range 10 {
			h.must(deactivate())
			time.Sleep(time.Minute)
		}
		time.Sleep(49 * time.Minute)
		if err := h.setActive(people[next], false, dry(robot(audit.UserChanged))); !errors.Is(err, directory.ErrHeld) {
			t.Fatalf("after 59 minutes: %v", err)
		}
		time.Sleep(time.Minute + time.Millisecond)
		h.must(deactivate())
		if err := deactivate(); !errors.Is(err, directory.ErrHeld) {
			t.Fatalf("the eleventh within an hour: %v", err)
		}

		// Held, it stays, however late it comes, and pruning forgets nothing that
		// an administrator may still undo.
		time.Sleep(48 * time.Hour)
		if _, err := h.db.Prune(ctx, time.Now()); err != nil {
			t.Fatal(err)
		}
		if err := deactivate(); !errors.Is(err, directory.ErrHeld) {
			t.Fatalf("two days later: %v", err)
		}
		b, err := h.dir.Brake(ctx, "corp")
		h.must(err)
		if b.Passed != 10 || len(b.Held) != 1 {
			t.Errorf("brake %+v", b)
		}

		// Released, the robot goes on for an hour, and no longer.
		_, err = h.dir.Release(ctx, "corp", directory.Fingerprint(nil), "user:9")
		wantKind(t, err, fault.Conflict)
		n, err := h.dir.Release(ctx, "corp", b.Fingerprint(), "user:9")
		h.must(err)
		next++
		if n != 1 {
			t.Errorf("%d people released, want 1", n)
		}
		for range 15 {
			h.must(deactivate())
		}
		time.Sleep(directory.BrakeWindow + time.Second)
		for range 10 {
			h.must(deactivate()) // what was done while released does not count
		}
		if err := deactivate(); !errors.Is(err, directory.ErrHeld) {
			t.Fatalf("an hour after the release: %v", err)
		}
		n, err = h.dir.Reject(ctx, "corp", true, "user:9")
		h.must(err)
		if n != 1 || len(h.events(audit.UserReactivated)) != 10 {
			t.Errorf("%d rejected, %d reactivated", n, len(h.events(audit.UserReactivated)))
		}
		if err := deactivate(); !errors.Is(err, directory.ErrStopped) {
			t.Errorf("rejected, the robot tries again: %v", err)
		}
		if _, err := h.db.Prune(ctx, time.Now().Add(30*24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := deactivate(); !errors.Is(err, directory.ErrStopped) {
			t.Errorf("a month later: %v", err)
		}
	})
}

func dry(act directory.Act) directory.Act {
	act.DryRun = true
	return act
}

func TestBrakeIsChecked(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	for _, c := range []struct{ share, least int }{{-2, 0}, {101, 0}, {0, -1}, {0, 1_000_001}} {
		wantKind(t, h.dir.SetBrake(ctx, "corp", c.share, c.least, "user:9"), fault.Invalid)
	}
	wantKind(t, h.dir.SetBrake(ctx, "nowhere", 0, 0, "user:9"), fault.NotFound)
	h.must(h.dir.SetBrake(ctx, "corp", 50, 3, "user:9"))
	b, err := h.dir.Brake(ctx, "corp")
	h.must(err)
	if b.Share != 50 || b.Least != 3 {
		t.Errorf("brake %+v", b)
	}
	if told := h.events(audit.BrakeChanged); len(told) != 1 || string(told[0].Detail) != `{"least":3,"share":50}` {
		t.Errorf("told %+v", told)
	}
	_, err = h.dir.Release(ctx, "corp", b.Fingerprint(), "user:9")
	wantKind(t, err, fault.Conflict)
	_, err = h.dir.Reject(ctx, "corp", false, "user:9")
	wantKind(t, err, fault.Conflict)
	all, err := h.dir.Brakes(ctx)
	if err != nil || len(all) != 0 {
		t.Errorf("brakes: %+v, %v", all, err)
	}
}

// TestFingerprint: it tells everyone who waits, and what is to become of them.
func TestFingerprint(t *testing.T) {
	list := []directory.HeldChange{{UserID: "1", UserName: "a"}, {UserID: "2", Removal: true}, {UserID: "3", Rejected: true}}
	same := [][]directory.HeldChange{
		{list[1], list[0]},
		{{UserID: "1", UserName: "b", At: time.Now()}, list[1], {UserID: "4", Rejected: true}},
	}
	for i, other := range same {
		if directory.Fingerprint(other) != directory.Fingerprint(list) {
			t.Errorf("same %d differs", i)
		}
	}
	for i, other := range [][]directory.HeldChange{
		nil, list[:1], {list[0], {UserID: "2"}}, {{UserID: "1", Removal: true}, list[1]}, {list[0], {UserID: "5", Removal: true}},
		{list[0], list[1], {UserID: "3"}}, {{UserID: "1 false\n2"}},
	} {
		if directory.Fingerprint(other) == directory.Fingerprint(list) {
			t.Errorf("other %d is the same", i)
		}
	}
}
