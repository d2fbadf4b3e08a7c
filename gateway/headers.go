package gateway

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"
	"unique"

	"sallyport/access"
	"sallyport/session"
)

// told is what an application is told of one person: headers that are ready to
// be sent, for as long as their token is good and nothing changes.
type told struct {
	app        string // ID
	appVersion int64
	set        string // ID; "": entered without one
	setVersion int64
	snapshot   int64        // of the assignments, where they say which groups are told; else 0
	house      atomic.Int64 // revision at which the signing key was that of the token
	keyID      string
	renew      int64 // Unix milliseconds
	names      *access.HeaderNames
	user       [1]string
	groups     [1]string
	email      [1]string
	name       [1]string
	setName    [1]string
	tags       [1]string
	assertion  [1]string

	shared [2]unique.Handle[string] // groups and tags: others have the same copies, as long as somebody has
}

// Bounds of what an application is told.
const (
	maxHeaders = 16 << 10 // bytes of all values
	maxLine    = 8000     // bytes of one value: most servers take no longer line than 8 kB
	maxValue   = 1 << 10  // bytes of a user name, of a person's name, of an address
	maxToken   = maxPayload*4/3 + 256
)

// strangers have user names that begin so.
const strangers = "idp:"

// errUnspeakable: a user name that no header can hold as it is, or that may be
// somebody else's there. Another one than theirs nobody gets.
var errUnspeakable = errors.New("the user name can't be told")

// headerNames are those of each preset in the form of net/http.
var headerNames = func() map[access.Preset]*access.HeaderNames {
	all := map[access.Preset]*access.HeaderNames{}
	for _, preset := range append(access.Presets(), "") {
		n := preset.Names()
		for _, name := range []*string{&n.User, &n.Groups, &n.Email, &n.Name} {
			*name = http.CanonicalHeaderKey(*name)
		}
		all[preset] = &n
	}
	return all
}()

var noStore = []string{"no-store"}

// write puts the headers into an answer. All are there, empty ones too: a
// proxy that replaces a header only where there is one leaves nothing of what
// a browser sent.
func (t *told) write(h http.Header) {
	if t.names.User != "" {
		h[t.names.User] = t.user[:]
		h[t.names.Groups] = t.groups[:]
		h[t.names.Email] = t.email[:]
		h[t.names.Name] = t.name[:]
	}
	h[access.HeaderPermissionSet] = t.setName[:]
	h[access.HeaderTags] = t.tags[:]
	h[access.HeaderAssertion] = t.assertion[:]
	h["Cache-Control"] = noStore
}

// holds reports whether t is what app is to be told now of somebody who enters
// with set.
func (t *told) holds(g *Gateway, app *access.Application, set *access.PermissionSet, now time.Time, at mark) bool {
	if t.app != app.ID || t.appVersion != app.Version || now.UnixMilli() >= t.renew {
		return false
	}
	if set == nil && t.set != "" || set != nil && (t.set != set.ID || t.setVersion != set.Version) {
		return false
	}
	if t.house.Load() >= at.House {
		return true
	}
	if t.keyID != g.minter.keyID() || (t.snapshot != 0 && t.snapshot != g.o.Applications.Snapshot()) {
		return false
	}
	t.house.Store(at.House)
	return true
}

// rendered puts into headers, and into a signed token, who enters app and as
// what.
func (g *Gateway) rendered(f *access.Facts, s *session.Session, app *access.Application, set *access.PermissionSet, person Person, at mark) (*told, error) {
	who := *s
	if f.Person().UserID == "" {
		// Not a person of the house, whatever they are called: to be named as
		// one would be to be one, to the application.
		who.UserID = ""
		who.UserName = strangers + s.IDP + ":" + s.NameID.Value
		person = Person{}
	} else if len(who.UserName) >= len(strangers) && strings.EqualFold(who.UserName[:len(strangers)], strangers) {
		return nil, errUnspeakable // what a stranger may be called is nobody's of the house
	}
	who.Tags = tagsIn(s.Tags, set)
	t := &told{app: app.ID, appVersion: app.Version, names: headerNames[app.Gateway.Headers]}
	t.house.Store(at.House)
	if app.Gateway.Groups == access.TellAssigned {
		t.snapshot = g.o.Applications.Snapshot()
	}
	if set != nil {
		t.set, t.setVersion, t.setName[0] = set.ID, set.Version, clean(set.Name)
	}
	if t.user[0] = who.UserName; !speakable(t.user[0]) {
		return nil, errUnspeakable
	}
	if speakable(person.Email) {
		t.email[0] = person.Email
	}
	t.name[0] = clean(person.Name)
	groups, until := g.groupsFor(f, app)
	if until.IsZero() || s.ExpiresAt.Before(until) {
		until = s.ExpiresAt
	}
	t.groups[0] = joined(groups, app.Gateway.Separator)
	t.tags[0] = tagsHeader(who.Tags)
	claims := claimsOf(g.o.BaseURL, app, &who, person, groups, set)
	t.fit(&claims)
	token, err := g.minter.mint(claims, until)
	if err != nil {
		return nil, err
	}
	t.assertion[0], t.keyID = token.Text, token.KeyID
	// Many have these in common.
	for i, text := range []*string{&t.groups[0], &t.tags[0]} {
		t.shared[i] = unique.Make(*text)
		*text = t.shared[i].Value()
	}
	t.renew = min(time.Now().Add(time.Until(token.Expires)/2).UnixMilli(), until.UnixMilli())
	return t, nil
}

// fit leaves out what would make the headers longer than proxies take: the
// groups, all of them, since half a list would decide something, and then the
// tags. The token says so.
func (t *told) fit(c *Claims) {
	most := maxHeaders - maxToken
	if t.size() > most || len(t.groups[0]) > maxLine {
		t.groups[0] = ""
		c.Groups, c.GroupsOmitted = nil, true
	}
	if t.size() > most || len(t.tags[0]) > maxLine {
		t.tags[0] = ""
		c.Tags, c.AWSTags, c.TagsOmitted = nil, nil, true
	}
}

func (t *told) size() int {
	return len(t.user[0]) + len(t.groups[0]) + len(t.email[0]) + len(t.name[0]) + len(t.setName[0]) + len(t.tags[0])
}

// groupsFor are the names of the groups that app is told, each once, and until
// when that is so by what is known; zero: without end.
func (g *Gateway) groupsFor(f *access.Facts, app *access.Application) (names []string, until time.Time) {
	switch app.Gateway.Groups {
	case access.TellNone:
		return nil, time.Time{}
	case access.TellAssigned:
		return g.o.Applications.GroupsThrough(f, app)
	}
	p := f.Person()
	all := make([]string, 0, len(p.Groups)+len(p.Claimed))
	seen := make(map[string]bool, cap(all))
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			all = append(all, name)
		}
	}
	for _, one := range p.Groups {
		add(one.DisplayName)
	}
	for _, name := range p.Claimed {
		add(name)
	}
	return all, time.Time{}
}

// joined writes groups into one header. A name that holds the separator, or
// that no header can hold as it is, is left out: it would be read as others.
func joined(groups []string, separator string) string {
	if separator == "" {
		separator = ","
	}
	var b strings.Builder
	for _, name := range groups {
		if name == "" || strings.Contains(name, separator) || !speakable(name) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(separator)
		}
		b.WriteString(name)
	}
	return b.String()
}

// tagsIn are the tags of a session with those of the permission set over them.
func tagsIn(tags []session.Tag, set *access.PermissionSet) []session.Tag {
	if set == nil || len(set.Tags) == 0 {
		return tags
	}
	all := slices.Clone(tags)
	for _, t := range set.Tags {
		all = slices.DeleteFunc(all, func(one session.Tag) bool { return strings.EqualFold(one.Key, t.Key) })
		all = append(all, session.Tag{Key: t.Key, Value: t.Value})
	}
	return all
}

// tagsHeader writes tags by key, percent-encoded, so that any reader of
// queries reads them.
func tagsHeader(tags []session.Tag) string {
	all := make([]string, len(tags))
	for i, t := range tags {
		all[i] = percent(t.Key) + "=" + percent(t.Value)
	}
	slices.Sort(all)
	return strings.Join(all, "&")
}

func percent(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// speakable reports whether a header holds s to the letter: what names
// somebody or something must not arrive as the name of another.
func speakable(s string) bool { return len(s) <= maxValue && s == clean(s) }

// clean is s as a header can hold it: valid UTF-8 without control characters
// and without blanks around it.
func clean(s string) string {
	if plainASCII(s) {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, s)
	s = strings.TrimSpace(s)
	if len(s) <= maxValue {
		return s
	}
	return strings.TrimSpace(strings.ToValidUTF8(s[:maxValue], ""))
}

func plainASCII(s string) bool {
	if len(s) > maxValue || strings.HasPrefix(s, " ") || strings.HasSuffix(s, " ") {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}
