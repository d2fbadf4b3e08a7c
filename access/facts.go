package access

import (
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"

	"sallyport/directory"
)

// Person is what is known of who asks.
type Person struct {
	UserID       string
	UserName     string
	IDP          string
	Groups       []directory.GroupRef // live, of the directory
	Claimed      []string             // groups that the assertion named
	Tags         []Tag
	AuthnContext string
	AuthnInstant time.Time
	Address      netip.Addr // zero: not known; then no rule about networks matches
}

// Facts are a Person made ready for many decisions. They are safe for
// concurrent use.
type Facts struct {
	person Person
	bound  atomic.Pointer[binding]
}

// NewFacts makes a person ready for decisions.
func NewFacts(p Person) *Facts { return &Facts{person: p} }

// Person is who they are about.
func (f *Facts) Person() Person { return f.person }

// binding is a person beside one snapshot: whatever a decision needs of the
// two that does not depend on the application.
type binding struct {
	snapshot *snapshot
	granted  map[string][]*Assignment // application ID: what reaches the person
	user     cedar.EntityUID
	entities cedar.EntityMap // nil where no rule asks
}

func (f *Facts) bind(s *snapshot) *binding {
	if b := f.bound.Load(); b != nil && b.snapshot == s {
		return b
	}
	b := f.person.beside(s, nil)
	f.bound.Store(b)
	return b
}

// beside binds a person to a snapshot, for the applications of these IDs; nil
// are all.
func (p *Person) beside(s *snapshot, only map[string]bool) *binding {
	b := &binding{
		snapshot: s,
		granted:  s.reaching(p, only),
		user:     cedar.EntityUID{Type: "User", ID: cedar.String(p.UserID)},
	}
	if s.anyRules {
		b.entities = p.entities(b.user, s.tagSpellings)
	}
	return b
}

// entities are the person and their groups in the words of Vocabulary.
func (p *Person) entities(user cedar.EntityUID, spellings map[string][]string) cedar.EntityMap {
	names := make([]cedar.Value, 0, len(p.Groups)+len(p.Claimed))
	parents := make([]cedar.EntityUID, 0, len(p.Groups))
	for _, g := range p.Groups {
		parents = append(parents, cedar.EntityUID{Type: "Group", ID: cedar.String(g.ID)})
		names = append(names, cedar.String(g.DisplayName))
	}
	for _, g := range p.Claimed {
		names = append(names, cedar.String(g))
	}
	return cedar.EntityMap{user: {
		UID:     user,
		Parents: cedar.NewEntityUIDSet(parents...),
		Attributes: cedar.NewRecord(cedar.RecordMap{
			"userName":     cedar.String(p.UserName),
			"connection":   cedar.String(p.IDP),
			"groups":       cedar.NewSet(names...),
			authnContext:   cedar.String(p.AuthnContext),
			"authnInstant": types.NewDatetime(instant(p.AuthnInstant)),
		}),
		Tags: tagRecord(p.Tags, spellings),
	}}
}

// tagRecord gives each tag its own spelling and those that rules use: keys of
// session tags are case-insensitive, Cedar's are not.
func tagRecord(tags []Tag, spellings map[string][]string) cedar.Record {
	record := make(cedar.RecordMap, len(tags))
	for _, t := range tags {
		record[cedar.String(t.Key)] = cedar.String(t.Value)
		for _, spelling := range spellings[foldTagKey(t.Key)] {
			record[cedar.String(spelling)] = cedar.String(t.Value)
		}
	}
	return cedar.NewRecord(record)
}

// foldTagKey is the form under which tag keys are one and the same, as in
// session tags.
func foldTagKey(key string) string { return strings.ToLower(strings.ToUpper(key)) }

// instant is never before 1970: a person whose assertion named no time signed
// in long ago.
func instant(t time.Time) time.Time {
	if t.IsZero() {
		return time.UnixMilli(0)
	}
	return t
}

// asking is one person at one moment, for as many applications as need be.
type asking struct {
	*binding
	person   *Person
	signIn   // of the person, as far as it counts at that moment
	at       time.Time
	address  netip.Addr
	entities cedar.EntityMap // those of the binding, but for another sign-in
	contexts map[*PermissionSet]cedar.Record
}

func (f *Facts) ask(s *snapshot, at time.Time) *asking {
	a := f.bind(s).asks(&f.person, at)
	return &a
}

// asks begins to ask for the person of b. An AuthnInstant further ahead than
// clocks may differ was never.
func (b *binding) asks(p *Person, at time.Time) asking {
	a := asking{
		binding: b, person: p, at: at, address: p.Address, entities: b.entities,
		signIn: signIn{p.AuthnContext, p.AuthnInstant},
	}
	if p.AuthnInstant.After(at.Add(clockSkew)) {
		return a.signedIn(signIn{context: p.AuthnContext})
	}
	return a
}

// signedIn asks for somebody who is the same but for how they signed in.
func (a *asking) signedIn(in signIn) asking {
	other := asking{binding: a.binding, person: a.person, signIn: in, at: a.at, address: a.address}
	if a.entities == nil {
		return other
	}
	user := a.entities[a.user]
	attributes := user.Attributes.Map()
	attributes[authnContext] = cedar.String(in.context)
	attributes["authnInstant"] = types.NewDatetime(instant(in.instant))
	user.Attributes = cedar.NewRecord(attributes)
	other.entities = cedar.EntityMap{a.user: user}
	return other
}

// request is what Cedar is asked. set is nil where the application is entered
// without one.
func (a *asking) request(app *Application, set *PermissionSet) cedar.Request {
	return cedar.Request{
		Principal: a.user,
		Action:    cedar.EntityUID{Type: "Action", ID: "enter"},
		Resource:  cedar.EntityUID{Type: "Application", ID: cedar.String(app.Name)},
		Context:   a.record(set),
	}
}

func (a *asking) record(set *PermissionSet) cedar.Record {
	if known, ok := a.contexts[set]; ok {
		return known
	}
	record := cedar.RecordMap{
		"now":        types.NewDatetime(a.at),
		"connection": cedar.String(a.person.IDP),
		"authnAge":   types.NewDuration(max(0, a.at.Sub(instant(a.instant)))),
	}
	if a.address.IsValid() {
		record["address"] = cedar.IPAddr(netip.PrefixFrom(a.address, a.address.BitLen()))
	}
	if set != nil {
		record["permissionSet"] = cedar.String(set.Name)
	}
	if a.contexts == nil {
		a.contexts = map[*PermissionSet]cedar.Record{}
	}
	a.contexts[set] = cedar.NewRecord(record)
	return a.contexts[set]
}
