package access_test

import (
	"fmt"
	"testing"

	"sallyport/access"
	"sallyport/directory"
)

// company is 3,000 applications, 10,000 assignments and a person in 200
// groups, who can enter a good part of them; one application in ten has rules.
func company() (*access.Catalog, access.Person) {
	sets := []*access.PermissionSet{set("Viewer"), set("Editor", blue), set("Admin", freshOnly)}
	var apps []*access.Application
	for i := range 3000 {
		a := app(fmt.Sprintf("app%04d", i), access.Assigned)
		if i%10 == 0 {
			a.Rules = named([]string{engineers, inOffice, notAsAdmin})
		}
		apps = append(apps, a)
	}
	var given []*access.Assignment
	for i := range 10_000 {
		a := assign(toGroup(fmt.Sprintf("g%d", i%1000)), fmt.Sprintf("app%04d", i%3000), sets[i%3].Name)
		a.ID = fmt.Sprint(i)
		given = append(given, a)
	}
	p := access.Person{UserID: "ann", UserName: "ann@example.com", IDP: "entra", AuthnInstant: noon, Tags: []access.Tag{{Key: "CostCenter", Value: "blue"}}}
	for i := range 200 {
		p.Groups = append(p.Groups, directory.GroupRef{ID: fmt.Sprintf("g%d", i), DisplayName: fmt.Sprintf("Group %d", i)})
	}
	p.Groups[0].DisplayName = "Engineering"
	return access.NewCatalog(apps, sets, given), p
}

func BenchmarkDecide(b *testing.B) {
	c, p := company()
	f := access.NewFacts(p)
	for _, bench := range []struct{ name, app string }{{"rules", "app0000"}, {"no rules", "app0001"}, {"not assigned", "app0999"}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Decide(f, access.Question{Application: bench.app, At: noon})
			}
		})
	}
}

// BenchmarkFacts is what it costs to get a person's facts to hand.
func BenchmarkFacts(b *testing.B) {
	c, p := company()
	b.ReportAllocs()
	for b.Loop() {
		c.Decide(access.NewFacts(p), access.Question{Application: "app0000", At: noon})
	}
}

func BenchmarkPortal(b *testing.B) {
	c, p := company()
	b.ReportAllocs()
	for b.Loop() {
		if len(c.Portal(access.NewFacts(p), noon)) == 0 {
			b.Fatal("an empty portal")
		}
	}
}

// BenchmarkAt finds the application of an address: on hosts of one application,
// on one host that 3,000 share, and where a server might read it differently.
func BenchmarkAt(b *testing.B) {
	apart, _ := company()
	var apps []*access.Application
	for i := range 3000 {
		apps = append(apps, &access.Application{ID: fmt.Sprint(i), Name: fmt.Sprint("app", i), URL: fmt.Sprintf("https://apps.example.com/team%d/app", i)})
	}
	shared := access.NewCatalog(apps, nil, nil)
	for _, bench := range []struct {
		name    string
		catalog *access.Catalog
		url     string
		found   bool
	}{
		{"own host", apart, "https://app2999.example.com/d/abc?orgId=1&from=now-6h", true},
		{"as browsers don't say it", apart, "https://App2999.example.com:443/d/abc?orgId=1&from=now-6h", true},
		{"nobody's host", apart, "https://evil.example.net/d/abc?orgId=1&from=now-6h", false},
		{"shared host", shared, "https://apps.example.com/team2999/app/d/abc?orgId=1&from=now-6h", true},
		{"shared host, encoded", shared, "https://apps.example.com/team2999/app/d/a%20bc?orgId=1&from=now-6h", true},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if (bench.catalog.At(bench.url) != nil) != bench.found {
					b.Fatal("another answer")
				}
			}
		})
	}
}

// BenchmarkPass is the decision at each request of a browser. app0000 has rules
// of its own and is entered with Viewer, app0015 is refused.
func BenchmarkPass(b *testing.B) {
	c, p := company()
	f := access.NewFacts(p)
	for _, bench := range []struct{ name, app string }{{"rules", "app0000"}, {"no rules", "app0003"}, {"not assigned", "app0999"}} {
		app := c.Application(bench.app)
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Pass(f, app, access.Passing{At: noon})
			}
		})
	}
}

// BenchmarkPassNeedsStepUp is a refusal for which it is tried whether another
// sign-in would help.
func BenchmarkPassNeedsStepUp(b *testing.B) {
	a := app("bank", access.Everyone, withMFALately, notByPassword, freshOnly)
	c := access.NewCatalog([]*access.Application{a}, nil, nil)
	f := access.NewFacts(access.Person{UserID: "ann", AuthnContext: password, AuthnInstant: noon})
	b.ReportAllocs()
	for b.Loop() {
		if c.Pass(f, a, access.Passing{At: noon}).Refusal != access.StepUpNeeded {
			b.Fatal("another answer")
		}
	}
}
