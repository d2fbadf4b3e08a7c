package access_test

import (
	"context"
	"errors"
	"testing"

	"sallyport/access"
)

// TestRulesAreReadOnce holds that a change of one object does not read the
// rules of all others again.
func TestRulesAreReadOnce(t *testing.T) {
	s := &shelf{}
	c, err := access.Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	apps := []*access.Application{app("a", access.Everyone, blue), app("b", access.Everyone, blue, engineers), app("c", access.Everyone, "permit (who, cares);")}
	s.set(1, nil, apps...)
	look := func(what string, before *access.Catalog, c *access.Catalog, texts, taken int) {
		t.Helper()
		if gotTexts, gotTaken := access.ReadOnce(before, c); gotTexts != texts || gotTaken != taken {
			t.Errorf("%s: %d texts, %d of them read before; want %d and %d", what, gotTexts, gotTaken, texts, taken)
		}
	}
	reload := func() *access.Catalog {
		t.Helper()
		before := access.AtThisMoment(c)
		if err := c.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		return before
	}
	look("loaded first", reload(), c, 3, 0)
	s.set(2, nil, append(apps, app("d", access.Everyone, nobody, engineers))...)
	look("one more", reload(), c, 4, 3)
	after, err := c.Preview(access.Proposal{Application: app("a", access.Everyone, anyone)})
	if err != nil {
		t.Fatal(err)
	}
	look("a preview", c, after, 5, 4)
	s.set(3, nil, apps[0])
	look("what is gone is let go", reload(), c, 1, 1)
	s.set(4, nil, app("a", access.Everyone, blue), apps[2])
	look("what comes again is read again", reload(), c, 2, 1)
	ann := access.NewFacts(access.Person{UserID: "ann", Tags: []access.Tag{{Key: "costcenter", Value: "blue"}}})
	for name, want := range map[string]bool{"a": true, "c": false} {
		if d := c.Decide(ann, access.Question{Application: name}); d.Allowed != want {
			t.Errorf("%s: allowed=%v %s", name, d.Allowed, d.Refusal)
		}
	}
}

func TestDifferencesStop(t *testing.T) {
	c := access.NewCatalog([]*access.Application{app("a", access.Everyone)}, nil, nil)
	after, err := c.Preview(access.Proposal{Application: app("a", access.Everyone, nobody)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	people := []*access.Facts{access.NewFacts(access.Person{UserID: "ann"})}
	if got, err := access.Differences(ctx, c, after, people, noon); err != nil || len(got) != 1 {
		t.Fatalf("Differences = %+v, %v", got, err)
	}
	cancel()
	if got, err := access.Differences(ctx, c, after, people, noon); !errors.Is(err, context.Canceled) || got != nil {
		t.Errorf("Differences = %+v, %v; want it to stop", got, err)
	}
}

// BenchmarkPreview is what it costs to look at a grant, beside 3,000
// applications that have a rule each.
func BenchmarkPreview(b *testing.B) {
	c, p := company()
	people := make([]*access.Facts, 20)
	for i := range people {
		people[i] = access.NewFacts(p)
	}
	grant := assign(toGroup("g1"), "app0000", "Editor")
	grant.ID = "new"
	b.ReportAllocs()
	for b.Loop() {
		after, err := c.Preview(access.Proposal{Grant: []*access.Assignment{grant}})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := access.Differences(b.Context(), c, after, people, noon); err != nil {
			b.Fatal(err)
		}
	}
}
