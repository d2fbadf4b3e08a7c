package scim_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"sallyport/directory"
	"sallyport/internal/pgtest"
)

// onEngines runs a benchmark on both engines.
func onEngines(b *testing.B, run func(b *testing.B, url func(testing.TB) string)) {
	b.Run("SQLite", func(b *testing.B) { run(b, sqliteURL) })
	b.Run("PostgreSQL", func(b *testing.B) { run(b, pgtest.URL) })
}

// BenchmarkCreateCycle is what Entra does for each new person: a filter that
// misses, a POST, a filter that hits. One operation is one person.
func BenchmarkCreateCycle(b *testing.B) {
	onEngines(b, func(b *testing.B, url func(testing.TB) string) {
		for _, robots := range []int{1, 8, 32} {
			b.Run(fmt.Sprintf("robots=%d", robots), func(b *testing.B) {
				h := newHouseOn(b, url(b), directory.TokenOptions{})
				h.measure(b, robots, h.cycle)
			})
		}
	})
}

// BenchmarkGrowth is that cycle on its way to 100,000 people: one operation is
// 1,000 more of them, and the time of the last thousand is reported beside
// that of the first.
func BenchmarkGrowth(b *testing.B) {
	people := 100_000
	if n, err := strconv.Atoi(os.Getenv("GROWTH")); err == nil {
		people = n
	}
	onEngines(b, func(b *testing.B, url func(testing.TB) string) {
		for b.Loop() {
			h := newHouseOn(b, url(b), directory.TokenOptions{})
			var first, last time.Duration
			for done := 0; done < people; done += 1000 {
				began := time.Now()
				h.spread(1000, 32, func(i int) { h.cycle(done + i) })
				last = time.Since(began)
				if done == 1000 { // the very first thousand warms up
					first = last
				}
			}
			b.ReportMetric(float64(first.Microseconds())/1000, "µs/first")
			b.ReportMetric(float64(last.Microseconds())/1000, "µs/last")
		}
	})
}

// BenchmarkPatch changes one attribute of one of 10,000 people.
func BenchmarkPatch(b *testing.B) {
	onEngines(b, func(b *testing.B, url func(testing.TB) string) {
		h := newHouseOn(b, url(b), directory.TokenOptions{})
		ids := h.populate(10_000)
		for _, robots := range []int{1, 32} {
			b.Run(fmt.Sprintf("robots=%d", robots), func(b *testing.B) {
				run := rand()
				h.measure(b, robots, func(i int) {
					h.quick(200, "PATCH", "/Users/"+ids[i%len(ids)], patch(fmt.Sprintf(`{"op":"Replace","path":"title","value":"title %s %d"}`, run, i)))
				})
			})
		}
	})
}

// BenchmarkPage reads pages of 100 out of 1,000 and of 100,000 people.
func BenchmarkPage(b *testing.B) {
	onEngines(b, func(b *testing.B, url func(testing.TB) string) {
		for _, people := range []int{1000, 100_000} {
			h := newHouseOn(b, url(b), directory.TokenOptions{})
			ids := h.populate(people)
			middle := people / 2
			next := h.want(200, "GET", "/Users?count=100&cursor", "").text("nextCursor")
			for _, c := range [][2]string{
				{"one by userName", fmt.Sprintf(`/Users?filter=userName%%20eq%%20%%22person-%06d@example.com%%22`, middle)},
				{"one by externalId", fmt.Sprintf(`/Users?filter=externalId%%20eq%%20%%22x-person-%06d@example.com%%22`, middle)},
				{"one by email", fmt.Sprintf(`/Users?filter=emails%%5Btype%%20eq%%20%%22work%%22%%5D.value%%20eq%%20%%22person-%06d@example.com%%22`, middle)},
				{"one by id", "/Users/" + ids[middle]},
				{"100 of a department", `/Users?count=100&filter=urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department%20eq%20%22department%203%22`},
				{"100 by prefix", fmt.Sprintf(`/Users?count=100&filter=userName%%20sw%%20%%22person-%04d%%22`, middle/100)},
				{"100 at the start", "/Users?count=100"},
				{"100 in the middle", fmt.Sprintf("/Users?count=100&startIndex=%d", middle)},
				{"100 by cursor, first", "/Users?count=100&cursor"},
				{"100 by cursor, next", "/Users?count=100&cursor=" + next},
			} {
				b.Run(fmt.Sprintf("people=%d/%s", people, c[0]), func(b *testing.B) {
					h.measure(b, 1, func(int) { h.quick(200, "GET", c[1], "") })
				})
			}
		}
	})
}

// BenchmarkGroupPatch adds 100 members to a group and removes them again; one
// operation is one of these.
func BenchmarkGroupPatch(b *testing.B) {
	onEngines(b, func(b *testing.B, url func(testing.TB) string) {
		h := newHouseOn(b, url(b), directory.TokenOptions{})
		ids := h.populate(50_100)
		for _, members := range []int{100, 10_000, 50_000} {
			group := h.filledGroup(fmt.Sprintf("group of %d", members), ids[100:100+members])
			hundred := `"path":"members","value":` + toJSON(values(ids[:100]))
			bodies := []string{patch(`{"op":"Add",` + hundred + `}`), patch(`{"op":"Remove",` + hundred + `}`)}
			b.Run(fmt.Sprintf("members=%d", members), func(b *testing.B) {
				h.measure(b, 1, func(i int) { h.quick(204, "PATCH", "/Groups/"+group, bodies[i%2]) })
			})
		}
	})
}

func (h *house) cycle(i int) {
	name := fmt.Sprintf("person-%s-%d@example.com", rand(), i)
	filter := `/Users?filter=userName%20eq%20%22` + name + `%22`
	h.quick(200, "GET", filter, "")
	h.quick(201, "POST", "/Users", userJSON(name))
	h.quick(200, "GET", filter, "")
}

func rand() string { return uuid.NewString()[:13] }

// quick asks the handler without a network in between.
func (h *house) quick(status int, method, target, body string) {
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, h.request(method, target, body))
	if w.Code != status {
		h.t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
	}
}

// measure spreads b.N calls over that many robots. Beside the time that
// passes it reports the processor time that this process uses.
func (h *house) measure(b *testing.B, robots int, do func(i int)) {
	var before, after syscall.Rusage
	b.ReportAllocs()
	b.ResetTimer()
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &before))
	h.spread(b.N, robots, do)
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &after))
	used := after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano()
	b.ReportMetric(float64(used)/1000/float64(b.N), "cpu-µs/op")
}

func (h *house) spread(n, robots int, do func(i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range robots {
		group.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				do(int(i) - 1)
			}
		})
	}
	group.Wait()
}

// populate makes people without going over SCIM.
func (h *house) populate(n int) []string {
	ids := make([]string, n)
	h.spread(n, 64, func(i int) {
		name := fmt.Sprintf("person-%06d@example.com", i)
		u := &directory.User{
			UserName: name, ExternalID: "x-" + name, Active: true,
			Profile: directory.Profile{
				DisplayName: fmt.Sprintf("Person %d", i), Name: directory.Name{GivenName: "Person", FamilyName: strconv.Itoa(i)}, Title: "Engineer",
				Emails:     []directory.MultiValue{{Value: name, Type: "work", Primary: true}},
				Enterprise: directory.Enterprise{Department: fmt.Sprintf("department %d", i%50), EmployeeNumber: strconv.Itoa(i)},
			},
		}
		must(h.t, h.directory.Create(context.Background(), u, directory.Act{Scope: "corp"}))
		ids[i] = u.ID
	})
	return ids
}

func (h *house) filledGroup(name string, members []string) string {
	g := &directory.Group{DisplayName: name}
	first := min(len(members), 1000)
	must(h.t, h.directory.CreateGroup(context.Background(), g, members[:first], directory.Act{Scope: "corp"}))
	for from := first; from < len(members); from += 1000 {
		_, err := h.directory.ChangeGroup(context.Background(), g.ID, directory.GroupChange{Add: members[from:min(from+1000, len(members))]}, directory.Act{Scope: "corp"})
		must(h.t, err)
	}
	return g.ID
}
