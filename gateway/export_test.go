package gateway

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/session"
)

// Crowd remembers n more doors like that of a token, as if so many people had
// come: of their own but for what people have in common. It gives their tokens.
func (g *Gateway) Crowd(token, address string, n int) []string {
	like := g.memory.doors.find(key(session.BrowserHash(token)))
	app := g.o.Applications.At(address)
	tokens := make([]string, n)
	for i := range tokens {
		tokens[i] = session.NewToken()
		p := like.facts.Person()
		p.UserID, p.UserName = fmt.Sprintf("0193a5c0-0000-7000-8000-%012d", i), fmt.Sprintf("person-%07d@example.com", i)
		p.Groups, p.Claimed, p.Tags = slices.Clone(p.Groups), slices.Clone(p.Claimed), slices.Clone(p.Tags)
		d := &door{
			host: like.host, session: fmt.Sprintf("0193a5c0-0000-7000-9000-%012d", i), user: p.UserID,
			expires: like.expires, facts: access.NewFacts(p),
		}
		d.stamp.Store(like.stamp.Load())
		d.house.Store(like.house.Load())
		g.o.Applications.Pass(d.facts, app, access.Passing{})
		t := like.tolds()[0]
		own := &told{
			app: t.app, appVersion: t.appVersion, keyID: t.keyID, names: t.names, renew: time.Now().Add(time.Hour).UnixMilli(),
			groups: t.groups, tags: t.tags, name: t.name, shared: t.shared,
		}
		own.user[0], own.email[0] = p.UserName, p.UserName
		own.assertion[0] = strings.Clone(t.assertion[0])
		own.house.Store(t.house.Load())
		d.remember(own)
		g.memory.doors.keep(key(session.BrowserHash(tokens[i])), d)
	}
	return tokens
}

// Forget drops what every door was told, as time does.
func (g *Gateway) Forget() {
	for i := range g.memory.doors.parts {
		for _, d := range g.memory.doors.parts[i].of {
			d.told.Store(nil)
		}
	}
}

// Remembered is the number of doors in memory, and of changes that are kept
// beside them.
func (g *Gateway) Remembered() (doors, changes int) {
	for i := range g.memory.doors.parts {
		s := &g.memory.doors.parts[i]
		s.mu.RLock()
		doors += len(s.of)
		s.mu.RUnlock()
	}
	g.memory.mu.RLock()
	defer g.memory.mu.RUnlock()
	return doors, len(g.memory.changed)
}

// Named is how many texts are held for good, and the longest of them in bytes.
func (g *Gateway) Named() (n, longest int) {
	g.memory.names.mu.Lock()
	defer g.memory.names.mu.Unlock()
	for text := range g.memory.names.of {
		longest = max(longest, len(text))
	}
	return len(g.memory.names.of), longest
}
