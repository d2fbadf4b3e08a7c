package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/store"
)

// BenchmarkDirectory measures what a provisioning robot does all day, among a
// thousand people and among a hundred thousand: it must not grow.
func BenchmarkDirectory(b *testing.B, url URL) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("%d people", n), func(b *testing.B) {
			db := fresh(b, url)
			populate(b, db, n)
			benchmarkPeople(b, db, n)
		})
	}
}

// BenchmarkGroups changes a hundred members of groups of several sizes.
func BenchmarkGroups(b *testing.B, url URL) {
	for _, n := range []int{100, 10_000, 50_000} {
		b.Run(fmt.Sprintf("%d members", n), func(b *testing.B) {
			db := fresh(b, url)
			ids := populate(b, db, n+100)
			benchmarkGroup(b, db, ids[:n], ids[n:])
		})
	}
}

func benchmarkPeople(b *testing.B, db *store.DB, n int) {
	b.Run("one commit", func(b *testing.B) { // what a create is held against
		inTurn(b, func(ctx context.Context, _ int) error { return db.AppendEvent(ctx, event(audit.UserCreated)) })
	})
	create := func(ctx context.Context, i int) error {
		u := provisioned(n + i)
		u.UserName = id() + "@example.com" // of all rounds
		return db.CreateUser(ctx, u, directory.Act{Event: event(audit.UserCreated), Scope: "corp"})
	}
	b.Run("create", func(b *testing.B) { inTurn(b, create) })
	b.Run("create by 8", func(b *testing.B) { inParallel(b, create) })
	b.Run("deactivate and back", func(b *testing.B) {
		u := provisioned(n)
		u.UserName = id() + "@example.com"
		must(b, db.CreateUser(b.Context(), u, directory.Act{}))
		inTurn(b, func(ctx context.Context, i int) error {
			_, err := db.UpdateUser(ctx, u.ID, func(u *directory.User) error { u.Active = i%2 == 1; return nil }, directory.Act{})
			return err
		})
	})
	text := func(attr directory.Attribute, op directory.Op, value string) directory.Expr {
		return directory.Compare{Attr: attr, Op: op, Value: directory.Value{Text: value}}
	}
	for _, q := range []struct {
		name string
		of   func(i int) directory.Query
	}{
		{"userName eq, hit", func(i int) directory.Query {
			return directory.Query{Where: text("userName", directory.EQ, provisionedName(i%n))}
		}},
		{"userName eq, miss", func(i int) directory.Query {
			return directory.Query{Where: text("userName", directory.EQ, fmt.Sprintf("nobody-%d@example.com", i))}
		}},
		{"externalId eq", func(i int) directory.Query {
			return directory.Query{Where: text("externalId", directory.EQ, fmt.Sprintf("ext-%d", i%n))}
		}},
		{"emails type and value", func(i int) directory.Query {
			return directory.Query{Where: directory.Element{Attr: "emails", Where: directory.And{
				Left: text("emails.type", directory.EQ, "work"), Right: text("emails.value", directory.EQ, provisionedName(i%n)),
			}}}
		}},
		{"userName or externalId or emails", func(i int) directory.Query {
			name := provisionedName(i % n)
			return directory.Query{Where: directory.Or{
				Left:  directory.Or{Left: text("userName", directory.EQ, name), Right: text("externalId", directory.EQ, name)},
				Right: text("emails", directory.EQ, name),
			}}
		}},
		{"userName sw, some", func(i int) directory.Query {
			return directory.Query{Where: text("userName", directory.SW, fmt.Sprintf("person-%05d", i%n/10))}
		}},
		{"department eq, page of 100", func(i int) directory.Query {
			return directory.Query{Where: text("enterprise.department", directory.EQ, fmt.Sprintf("department %d", i%100))}
		}},
		{"inactive", func(int) directory.Query {
			return directory.Query{Where: directory.Compare{Attr: "active", Op: directory.EQ}}
		}},
		{"all, page of 100", func(int) directory.Query { return directory.Query{} }},
		{"title co, page of 100", func(int) directory.Query {
			return directory.Query{Where: text("title", directory.CO, "ngin")}
		}},
		{"by userName, page of 100", func(int) directory.Query { return directory.Query{SortBy: "userName"} }},
	} {
		b.Run(q.name, func(b *testing.B) { benchmarkQuery(b, db, q.of, false) })
	}
	b.Run("department eq, with total", func(b *testing.B) {
		benchmarkQuery(b, db, func(i int) directory.Query {
			return directory.Query{Where: text("enterprise.department", directory.EQ, fmt.Sprintf("department %d", i%100))}
		}, true)
	})
	b.Run("all, with total", func(b *testing.B) {
		benchmarkQuery(b, db, func(int) directory.Query { return directory.Query{} }, true)
	})
}

func benchmarkQuery(b *testing.B, db *store.DB, of func(i int) directory.Query, total bool) {
	b.ReportAllocs()
	inTurn(b, func(ctx context.Context, i int) error {
		q := of(i)
		q.Limit, q.Total = 100, total
		_, err := db.QueryUsers(ctx, "corp", q)
		return err
	})
}

func benchmarkGroup(b *testing.B, db *store.DB, in, out []string) {
	g := group("All", "corp")
	must(b, db.CreateGroup(b.Context(), g, in, directory.Act{}))
	b.Run("add 100, remove 100", func(b *testing.B) {
		inTurn(b, func(ctx context.Context, i int) error {
			_, err := db.ChangeGroup(ctx, g.ID, directory.GroupChange{Add: out}, directory.Act{Scope: "corp"})
			if err == nil {
				_, err = db.ChangeGroup(ctx, g.ID, directory.GroupChange{Remove: out}, directory.Act{Scope: "corp"})
			}
			return err
		})
	})
	b.Run("replace all", func(b *testing.B) {
		lists := [][]string{in, append(slices.Clone(in), out...)}
		inTurn(b, func(ctx context.Context, i int) error {
			_, err := db.ChangeGroup(ctx, g.ID, directory.GroupChange{Replace: true, Add: lists[(i+1)%2]}, directory.Act{Scope: "corp"})
			return err
		})
	})
	b.Run("groups of one person", func(b *testing.B) {
		inTurn(b, func(ctx context.Context, i int) error {
			_, err := db.GroupsOf(ctx, in[i%len(in)])
			return err
		})
	})
	b.Run("page of 100 members", func(b *testing.B) {
		inTurn(b, func(ctx context.Context, i int) error {
			_, err := db.Members(ctx, g.ID, in[len(in)/2], 100)
			return err
		})
	})
}

// populate creates n people as a robot would and gives their IDs, sorted.
func populate(b *testing.B, db *store.DB, n int) []string {
	b.Helper()
	ids := make([]string, n)
	const callers = 32
	together(callers, func(caller int) {
		for i := caller; i < n; i += callers {
			u := provisioned(i)
			ids[i] = u.ID
			if err := db.CreateUser(b.Context(), u, directory.Act{Scope: "corp"}); err != nil {
				b.Error(err)
				return
			}
		}
	})
	slices.Sort(ids)
	return ids
}

func provisionedName(i int) string { return fmt.Sprintf("person-%06d@example.com", i) }

// provisioned is a person with what Entra sends by default.
func provisioned(i int) *directory.User {
	u := user(provisionedName(i))
	u.ExternalID = fmt.Sprintf("ext-%d", i)
	u.Active = i%1000 != 0
	u.Profile.Name = directory.Name{GivenName: fmt.Sprintf("Given %d", i%500), FamilyName: fmt.Sprintf("Family %d", i%5000)}
	u.Profile.Title = "Engineer"
	u.Profile.Emails = []directory.MultiValue{{Value: u.UserName, Type: "work", Primary: true}}
	u.Profile.PhoneNumbers = []directory.MultiValue{{Value: fmt.Sprintf("+49 30 %d", i), Type: "work"}}
	u.Profile.Enterprise = directory.Enterprise{EmployeeNumber: fmt.Sprint(i), Department: fmt.Sprintf("Department %d", i%100)}
	return u
}
