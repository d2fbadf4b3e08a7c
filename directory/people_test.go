package directory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
)

func TestCreateSaysWhoseItIs(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	before := time.Now().Add(-time.Millisecond)
	for _, c := range []struct {
		name   string
		act    directory.Act
		idp    string
		source directory.Source
		want   string
	}{
		{"robot@example.com", robot(audit.UserCreated), "other", directory.FromSCIM, "corp"},
		{"hand@example.com", administrator(audit.UserCreated), "other", directory.FromHand, "other"},
		{"nobody@example.com", administrator(audit.UserCreated), "", directory.FromHand, ""},
	} {
		u := &directory.User{UserName: c.name, Active: true, IDP: c.idp, Source: directory.FromSignIn, LastSignInAt: time.Now()}
		h.must(h.dir.Create(ctx, u, c.act))
		if u.ID == "" || u.Version != 1 || u.CreatedAt.Before(before) || !u.UpdatedAt.Equal(u.CreatedAt) {
			t.Errorf("created %+v", u)
		}
		stored, err := h.dir.User(ctx, u.ID)
		h.must(err)
		if stored.Source != c.source || stored.IDP != c.want || !stored.LastSignInAt.IsZero() {
			t.Errorf("%s is stored as %+v", c.name, stored)
		}
		if diff := cmp.Diff(u, stored); diff != "" {
			t.Error(diff)
		}
	}
	wantKind(t, h.dir.Create(ctx, &directory.User{UserName: "ROBOT@example.com"}, robot(audit.UserCreated)), fault.Conflict)
}

func TestCreateAndUpdateCheckAlike(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ada := &directory.User{UserName: "ada@example.com", Active: true}
	h.must(h.dir.Create(ctx, ada, robot(audit.UserCreated)))
	long := strings.Repeat("x", 1001)
	many := make([]directory.MultiValue, 101)
	for _, c := range []struct {
		name  string
		spoil func(*directory.User)
		says  string
	}{
		{"no userName", func(u *directory.User) { u.UserName = " " }, "userName"},
		{"white space before it", func(u *directory.User) { u.UserName = " ada.l@example.com" }, "white space"},
		{"white space behind it", func(u *directory.User) { u.UserName = "ada.l@example.com\u00a0" }, "white space"},
		{"a line break in it", func(u *directory.User) { u.UserName = "ada\n@example.com" }, "control"},
		{"a long userName", func(u *directory.User) { u.UserName = long }, "userName"},
		{"grows when it is folded", func(u *directory.User) { u.UserName = strings.Repeat("\ufdfa", 100) }, "userName"},
		{"broken UTF-8", func(u *directory.User) { u.ExternalID = "\xff" }, "externalId"},
		{"NUL", func(u *directory.User) { u.Profile.Title = "a\x00b" }, "title"},
		{"a long name", func(u *directory.User) { u.Profile.Name.HonorificSuffix = long }, "name.honorificSuffix"},
		{"a long manager", func(u *directory.User) { u.Profile.Enterprise.Manager.Value = long }, "manager.value"},
		{"a long e-mail", func(u *directory.User) { u.Profile.Emails = []directory.MultiValue{{}, {Value: long}} }, "emails.value"},
		{"a long type", func(u *directory.User) { u.Profile.PhoneNumbers = []directory.MultiValue{{Type: long}} }, "phoneNumbers.type"},
		{"a long country", func(u *directory.User) { u.Profile.Addresses = []directory.Address{{Country: long}} }, "addresses.country"},
		{"many e-mails", func(u *directory.User) { u.Profile.Emails = many }, "emails"},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := &directory.User{UserName: "eve@example.com", Active: true}
			c.spoil(u)
			for how, err := range map[string]error{
				"create": h.dir.Create(ctx, u, robot(audit.UserCreated)),
				"update": func() error {
					_, err := h.dir.Update(ctx, ada.ID, func(u *directory.User) error { c.spoil(u); return nil }, robot(audit.UserChanged))
					return err
				}(),
			} {
				wantKind(t, err, fault.Invalid)
				if says := fault.Public(err); !strings.Contains(says, c.says) {
					t.Errorf("%s says %q, want %q named", how, says, c.says)
				}
			}
		})
	}
	all, err := h.dir.Users(ctx, directory.Filter{})
	h.must(err)
	if len(all) != 1 || all[0].Version != 1 {
		t.Errorf("something was saved: %+v", all)
	}
	u := &directory.User{UserName: strings.Repeat("x", 1000)}
	h.must(h.dir.Create(ctx, u, robot(audit.UserCreated)))
}

func TestUpdateTellsWhatItDid(t *testing.T) {
	h := newHouse(t)
	u := h.staff(1)[0]
	h.must(h.setActive(u, false, robot(audit.UserChanged)))
	h.must(h.setActive(u, false, robot(audit.UserChanged))) // changes nothing
	h.must(h.setActive(u, true, robot(audit.UserChanged)))
	for action, want := range map[audit.Action]int{audit.UserDeactivated: 1, audit.UserReactivated: 1, audit.UserChanged: 0} {
		if told := h.events(action); len(told) != want {
			t.Errorf("%s is told %d times, want %d", action, len(told), want)
		}
	}
}

func TestRemove(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	u := h.staff(1)[0]
	act := robot(audit.UserRemoved)
	act.Version = 7
	wantKind(t, h.dir.Remove(ctx, u.ID, act), fault.Conflict)
	h.must(h.dir.Remove(ctx, u.ID, robot(audit.UserRemoved)))
	wantKind(t, h.dir.Remove(ctx, u.ID, robot(audit.UserRemoved)), fault.NotFound)
	removed, err := h.dir.Removals(ctx, time.Time{}, 0)
	h.must(err)
	if len(removed) != 1 || removed[0].UserName != u.UserName || removed[0].Actor != "scim_token:1" {
		t.Errorf("removals: %+v", removed)
	}
	h.must(h.dir.ForgetRemoval(ctx, u.UserName, "user:9"))
	wantKind(t, h.dir.ForgetRemoval(ctx, u.UserName, "user:9"), fault.NotFound)
}

func chosen(people ...*directory.User) []directory.Chosen {
	var all []directory.Chosen
	for _, u := range people {
		all = append(all, directory.Chosen{ID: u.ID, Version: u.Version})
	}
	return all
}

func TestCleanUp(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	people := h.staff(30)
	// Who has changed since they were chosen is left alone.
	_, err := h.dir.Update(ctx, people[2].ID, func(u *directory.User) error { u.Profile.Title = "Boss"; return nil }, robot(audit.UserChanged))
	h.must(err)
	for _, remove := range []bool{true, false} {
		sum, err := h.dir.CleanUp(ctx, chosen(people[2], &directory.User{ID: "nobody"}), remove, "user:9")
		h.must(err)
		if sum != (directory.CleanedUp{Left: 1}) {
			t.Errorf("remove %v: %+v", remove, sum)
		}
	}
	sum, err := h.dir.CleanUp(ctx, chosen(people[0], people[1]), false, "user:9")
	h.must(err)
	if sum != (directory.CleanedUp{Done: 2}) {
		t.Errorf("deactivated: %+v", sum)
	}
	people, err = h.dir.Users(ctx, directory.Filter{})
	h.must(err)
	sum, err = h.dir.CleanUp(ctx, chosen(append(people, people[3])...), true, "user:9") // the brake is not for administrators
	h.must(err)
	left, err := h.dir.Users(ctx, directory.Filter{})
	h.must(err)
	if sum != (directory.CleanedUp{Done: 30}) || len(left) != 0 || len(h.events(audit.UserRemoved)) != 30 || len(h.events(audit.UserDeactivated)) != 2 {
		t.Errorf("removed: %+v, %d left", sum, len(left))
	}
}

// lostAfter is a store that goes away after it removed a few people.
type lostAfter struct {
	directory.Store
	people int
}

func (l *lostAfter) RemoveUser(ctx context.Context, id string, act directory.Act) error {
	if l.people == 0 {
		return errors.New("the disk is full")
	}
	l.people--
	return l.Store.RemoveUser(ctx, id, act)
}

// TestCleanUpSaysHowFarItCame: what was done before something failed is done.
func TestCleanUpSaysHowFarItCame(t *testing.T) {
	h := newHouse(t)
	people := h.staff(5)
	sum, err := h.over(&lostAfter{h.db, 3}).CleanUp(t.Context(), chosen(people...), true, "user:9")
	wantKind(t, err, fault.Internal)
	if sum.Done != 3 || !strings.HasPrefix(fault.Public(err), "3 of 5 people were removed, then it failed.") {
		t.Errorf("%+v, %q", sum, fault.Public(err))
	}
}

// TestPeopleAreOfLimitedSize: one person's values fill no page of a list by
// themselves. Who was larger before the limit was there may still be put out.
func TestPeopleAreOfLimitedSize(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	fat := func(values int) *directory.User {
		u := &directory.User{UserName: fmt.Sprintf("fat-%d@example.com", values), Active: true}
		for range values {
			u.Profile.Emails = append(u.Profile.Emails, directory.MultiValue{Value: strings.Repeat("x", 500), Display: strings.Repeat("y", 500)})
		}
		return u
	}
	wantKind(t, h.dir.Create(ctx, fat(66), robot(audit.UserCreated)), fault.Invalid)
	u := fat(65)
	h.must(h.dir.Create(ctx, u, robot(audit.UserCreated)))
	grow := func(u *directory.User) error {
		u.Profile.PhoneNumbers = append(u.Profile.PhoneNumbers, directory.MultiValue{Value: strings.Repeat("1", 900)})
		return nil
	}
	_, err := h.dir.Update(ctx, u.ID, grow, robot(audit.UserChanged))
	wantKind(t, err, fault.Invalid)

	old := fat(90)
	old.ID, old.IDP = "old", "corp"
	h.must(h.db.CreateUser(ctx, old, directory.Act{}))
	h.must(h.setActive(old, false, robot(audit.UserChanged)))
	_, err = h.dir.Update(ctx, old.ID, grow, robot(audit.UserChanged))
	wantKind(t, err, fault.Invalid)
}
