package directory_test

import (
	"crypto/sha256"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
)

func TestTokens(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	secret, token, err := h.dir.MakeToken(ctx, "corp", directory.TokenOptions{Compatibility: directory.AWS}, "user:9")
	h.must(err)
	if sum := sha256.Sum256([]byte(secret)); len(secret) != 43 || string(token.Hash) != string(sum[:]) {
		t.Errorf("secret of %d characters, hash %x", len(secret), token.Hash)
	}
	if lives := token.ExpiresAt.Sub(token.CreatedAt); lives != directory.TokenLifetime || token.CreatedBy != "user:9" {
		t.Errorf("token %+v lives %v", token, lives)
	}
	found, err := h.dir.TokenBySecret(ctx, secret, "Robot/1.0")
	h.must(err)
	if found.ID != token.ID || found.IDP != "corp" || found.Compatibility != directory.AWS {
		t.Errorf("found %+v", found)
	}
	for _, wrong := range []string{"", "x", secret[1:], secret + "x", strings.Repeat("A", 43), strings.Repeat("!", 43), strings.Repeat("x", 1<<20)} {
		_, err := h.dir.TokenBySecret(ctx, wrong, "Robot/1.0")
		wantKind(t, err, fault.Unauthenticated)
	}

	other, second, err := h.dir.MakeToken(ctx, "corp", directory.TokenOptions{Lifetime: 24 * time.Hour}, "user:9")
	h.must(err)
	_, _, err = h.dir.MakeToken(ctx, "corp", directory.TokenOptions{}, "user:9")
	wantKind(t, err, fault.Conflict)
	_, _, err = h.dir.MakeToken(ctx, "nowhere", directory.TokenOptions{}, "user:9")
	wantKind(t, err, fault.NotFound)
	for _, o := range []directory.TokenOptions{{Lifetime: time.Hour}, {Lifetime: -time.Hour}, {Lifetime: directory.TokenLifetime + time.Second}, {Compatibility: "azure"}} {
		_, _, err = h.dir.MakeToken(ctx, "other", o, "user:9")
		wantKind(t, err, fault.Invalid)
	}

	wantKind(t, h.dir.RevokeToken(ctx, "other", second.ID, "user:9"), fault.NotFound)
	wantKind(t, h.dir.RevokeToken(ctx, "corp", "", "user:9"), fault.NotFound)
	h.must(h.dir.RevokeToken(ctx, "corp", second.ID, "user:9"))
	_, err = h.dir.TokenBySecret(ctx, other, "")
	wantKind(t, err, fault.Unauthenticated)

	wantKind(t, h.dir.DisableProvisioning(ctx, "corp", "disable", "user:9"), fault.Invalid)
	if _, err := h.dir.TokenBySecret(ctx, secret, ""); err != nil {
		t.Error("the wrong word disabled it")
	}
	h.must(h.dir.DisableProvisioning(ctx, "corp", "DISABLE", "user:9"))
	_, err = h.dir.TokenBySecret(ctx, secret, "")
	wantKind(t, err, fault.Unauthenticated)
	wantKind(t, h.dir.DisableProvisioning(ctx, "nowhere", "DISABLE", "user:9"), fault.NotFound)

	for action, want := range map[audit.Action]int{audit.SCIMTokenMade: 2, audit.SCIMTokenRevoked: 1, audit.ProvisioningDisabled: 1} {
		told := h.events(action)
		if len(told) != want {
			t.Errorf("%s is told %d times, want %d", action, len(told), want)
		}
		for _, e := range told {
			if e.Actor != "user:9" || e.IDP != "corp" || e.Object == "" || strings.Contains(string(e.Detail), secret) {
				t.Errorf("told: %+v", e)
			}
		}
	}
}

func TestTokenUseIsNotedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		defer h.db.Close()
		ctx := t.Context()
		secret, _, err := h.dir.MakeToken(ctx, "corp", directory.TokenOptions{Lifetime: 24 * time.Hour}, "user:9")
		h.must(err)
		use := func(agent string) *directory.Token {
			t.Helper()
			_, err := h.dir.TokenBySecret(ctx, secret, agent)
			h.must(err)
			all, err := h.dir.Tokens(ctx, "corp")
			h.must(err)
			return all[0]
		}
		first := use("Robot/1.0\n" + strings.Repeat("\u00e4", 200))
		if !first.LastUsedAt.Equal(time.Now()) || !strings.HasPrefix(first.LastUsedBy, "Robot/1.0 \u00e4") || len(first.LastUsedBy) > 200 {
			t.Errorf("noted %v by %q", first.LastUsedAt, first.LastUsedBy)
		}
		time.Sleep(59 * time.Second)
		if again := use("Robot/2.0"); !again.LastUsedAt.Equal(first.LastUsedAt) {
			t.Errorf("noted again after 59 seconds: %v", again.LastUsedAt)
		}
		time.Sleep(time.Second)
		if later := use("Robot/2.0"); !later.LastUsedAt.Equal(time.Now()) || later.LastUsedBy != "Robot/2.0" {
			t.Errorf("after a minute: %v by %q", later.LastUsedAt, later.LastUsedBy)
		}
		time.Sleep(24 * time.Hour)
		_, err = h.dir.TokenBySecret(ctx, secret, "Robot/2.0")
		wantKind(t, err, fault.Unauthenticated)
		if says := fault.Public(err); !strings.Contains(says, "expired") {
			t.Errorf("an expired token: %q", says)
		}
	})
}

func TestTokensAreRemindedOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		defer h.db.Close()
		ctx := t.Context()
		_, year, err := h.dir.MakeToken(ctx, "corp", directory.TokenOptions{}, "user:9")
		h.must(err)
		_, month, err := h.dir.MakeToken(ctx, "other", directory.TokenOptions{Lifetime: 30 * 24 * time.Hour}, "user:9")
		h.must(err)
		run, stop := runner(t, h.dir, h.over(h.db)) // two instances say it once
		run()
		said := func() (days []int) {
			time.Sleep(2 * time.Hour)
			for _, e := range h.events(audit.SCIMTokenExpiring) {
				var detail struct {
					Days int `json:"days"`
				}
				h.must(json.Unmarshal(e.Detail, &detail))
				if e.Object == "scim_token:"+year.ID && e.IDP == "corp" || e.Object == "scim_token:"+month.ID && e.IDP == "other" {
					days = append(days, detail.Days)
				}
			}
			return days
		}
		if got := said(); len(got) != 0 {
			t.Errorf("said at once: %v", got)
		}
		time.Sleep(time.Until(month.ExpiresAt))
		if got := said(); len(got) != 4 { // 14, 7, 1 and 0: its first day is no reminder
			t.Errorf("of the month's: %v", got)
		}
		for i, days := range []int{90, 60, 30, 14, 7, 1, 0} {
			time.Sleep(time.Until(year.ExpiresAt.Add(-time.Duration(days) * 24 * time.Hour)))
			if got := said(); len(got) != 5+i || got[0] != days {
				t.Errorf("%d days before the end: %v", days, got)
			}
		}
		stop()
	})
}

func TestWhoStartsLateIsRemindedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		defer h.db.Close()
		_, token, err := h.dir.MakeToken(t.Context(), "corp", directory.TokenOptions{}, "user:9")
		h.must(err)
		time.Sleep(time.Until(token.ExpiresAt.Add(-10 * 24 * time.Hour)))
		run, stop := runner(t, h.dir)
		run()
		time.Sleep(2 * time.Hour)
		stop()
		if told := h.events(audit.SCIMTokenExpiring); len(told) != 1 || !strings.Contains(string(told[0].Detail), `"days":14`) {
			t.Errorf("told %+v", told)
		}
	})
}
