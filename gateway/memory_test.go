package gateway_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"sallyport/directory"
	"sallyport/gateway"
	"sallyport/session"
)

func TestMemoryIsBoundedAndSwept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, nil)
		h.app("wiki", wikiBase+"/", nil)
		var people []*person
		for i := range 20 {
			p := h.as(fmt.Sprintf("person-%d@example.com", i), func(s *session.Session) {
				if i%2 == 0 {
					s.ExpiresAt = s.BeganAt.Add(time.Hour)
				}
			}).at(wikiHost)
			status(t, p.opens(wikiPage), http.StatusOK)
			people = append(people, p)
		}
		for _, p := range people[10:15] {
			_, err := h.manager.Revoke(t.Context(), session.Filter{ID: p.session.ID}, "command")
			must(t, err)
		}
		status(t, people[1].opens(wikiPage), http.StatusOK)
		if doors, changes := h.g.Remembered(); doors != 20 || changes == 0 {
			t.Errorf("%d doors and %d changes in memory", doors, changes)
		}
		time.Sleep(time.Hour)
		// One request after the other, some time apart, looks through all of it.
		for range 600 {
			time.Sleep(time.Second)
			status(t, people[1].opens(wikiPage), http.StatusOK)
		}
		// Of ten that had not run out, two or three were ended.
		if doors, changes := h.g.Remembered(); doors != 8 && doors != 7 || changes != 0 {
			t.Errorf("%d doors and %d changes in memory", doors, changes)
		}
		for i, p := range people {
			want := http.StatusOK
			if i%2 == 0 || i >= 10 && i < 15 {
				want = http.StatusFound
			}
			status(t, p.opens(wikiPage), want)
		}
	})
}

func TestABoundedMemoryForgetsAndAnswersAllTheSame(t *testing.T) {
	h := newHouse(t, func(o *gateway.Options) { o.Remember = 1 })
	h.app("wiki", wikiBase+"/", nil)
	var people []*person
	for i := range 300 {
		people = append(people, h.as(fmt.Sprintf("person-%d@example.com", i), nil).at(wikiHost))
	}
	for range 2 {
		for _, p := range people {
			w := p.opens(wikiPage)
			status(t, w, http.StatusOK)
			if got := w.Header().Get("Remote-User"); got != p.name {
				t.Fatalf("%s is told as %s", p.name, got)
			}
		}
	}
	if doors, _ := h.g.Remembered(); doors > 256 {
		t.Errorf("%d doors in memory", doors)
	}
}

func TestMemoryAnswersWithoutAskingAgain(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	ann, ben := h.as("ann@example.com", nil).at(wikiHost), h.as("ben@example.com", nil).at(wikiHost)
	for range 100 {
		status(t, ann.opens(wikiPage), http.StatusOK)
		status(t, ben.opens(wikiPage), http.StatusOK)
	}
	if h.front.asked != 2 {
		t.Errorf("the facts of two people were asked %d times", h.front.asked)
	}
	// What becomes of another is nothing to her.
	_, err := h.manager.Revoke(t.Context(), session.Filter{ID: ben.session.ID}, "command")
	must(t, err)
	status(t, ann.opens(wikiPage), http.StatusOK)
	status(t, ben.opens(wikiPage), http.StatusFound)
	if h.front.asked != 2 {
		t.Errorf("the facts of two people were asked %d times", h.front.asked)
	}
}

// What nobody is told any more is not held for ever.
func TestLongTextsGoWithWhoIsToldThem(t *testing.T) {
	h := newHouse(t, nil)
	h.app("wiki", wikiBase+"/", nil)
	far := h.otherInstance()
	ann, ben := h.as("ann@example.com", nil).at(wikiHost), h.as("ben@example.com", nil).at(wikiHost)
	var ids []string
	for i := range 8 {
		group := &directory.Group{DisplayName: fmt.Sprintf("%d-%s", i, strings.Repeat("g", 900))}
		must(t, far.people.CreateGroup(t.Context(), group, nil, act()))
		far.join(ann, group)
		far.join(ben, group)
		ids = append(ids, group.ID)
	}
	// Two who are told the same hold it once.
	one, same := ann.opens(wikiPage).Header().Get("Remote-Groups"), ben.opens(wikiPage).Header().Get("Remote-Groups")
	if len(one) < 7000 || one != same || unsafe.StringData(one) != unsafe.StringData(same) {
		t.Errorf("of %d bytes that two are told each has a copy", len(one))
	}
	before := heap()
	const renames = 300
	for i := range renames {
		name := fmt.Sprintf("%d-%s", i, strings.Repeat("h", 900))
		_, err := far.people.ChangeGroup(t.Context(), ids[0], directory.GroupChange{DisplayName: &name}, act())
		must(t, err)
		status(t, ann.opens(wikiPage), http.StatusOK)
	}
	if held := heap() - before; held > renames*2000 {
		t.Errorf("%d bytes are held after %d renames", held, renames)
	}
	if n, longest := h.g.Named(); longest > 128 || n > 100 {
		t.Errorf("%d texts are held for good, one of %d bytes", n, longest)
	}
}
