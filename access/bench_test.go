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
