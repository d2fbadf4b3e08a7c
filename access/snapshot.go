package access

import (
	"maps"
	"slices"
	"strings"

	"sallyport/directory"
)

// held is what the store holds, as it came.
type held struct {
	applications []*Application
	sets         []*PermissionSet
	assignments  []*Assignment
	roles        []*Role
}

// snapshot is what the store held at one revision, ready to be asked. It
// never changes.
type snapshot struct {
	revision int64
	number   int64 // of this snapshot among those of its catalog
	held     held

	byTitle []*Application
	byName  map[string]*Application
	appByID map[string]*Application
	allowed []allowance // the closest first
	origins map[string]*origin

	setByID  map[string]*PermissionSet
	setNamed map[string]*PermissionSet // by folded name
	rank     map[*PermissionSet]int    // their order by folded name
	role     map[string]*Role          // by ARN

	assignment map[string]*Assignment
	toUser     map[string][]*Assignment // by user ID
	toGroup    map[string][]*Assignment // by group ID
	toClaim    map[claimed][]*Assignment

	appRules     map[string]*ruleSet // by application ID; only those that have rules
	setRules     map[string]*ruleSet // by permission set ID; only those that have rules
	anyRules     bool
	tagSpellings map[string][]string // folded tag key: how rules spell it
	policies     policies
}

// claimed is a group as the assertions of one connection name it.
type claimed struct{ idp, name string }

func newSnapshot(revision int64, h held) *snapshot { return (*snapshot)(nil).next(revision, h) }

// next makes the snapshot that follows s, which may be nil. What s has read of
// rules is not read again.
func (s *snapshot) next(revision int64, h held) *snapshot {
	var before policies
	number := int64(1)
	if s != nil {
		before, number = s.policies, s.number+1
	}
	s = &snapshot{revision: revision, number: number, held: h, policies: policies{}}
	s.indexApplications()
	s.indexSets()
	s.indexAssignments()
	s.compile(before)
	return s
}

func (s *snapshot) indexApplications() {
	apps := s.held.applications
	s.byTitle = slices.Clone(apps)
	s.byName, s.appByID = make(map[string]*Application, len(apps)), make(map[string]*Application, len(apps))
	folded := make(map[*Application]string, len(apps))
	for _, a := range apps {
		s.byName[a.Name], s.appByID[a.ID] = a, a
		s.allowed = append(s.allowed, allowances(a)...)
		folded[a] = strings.ToLower(a.title())
	}
	slices.SortFunc(s.byTitle, func(a, b *Application) int {
		if c := strings.Compare(folded[a], folded[b]); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	// The closest wins where several applications share a host.
	slices.SortStableFunc(s.allowed, func(a, b allowance) int { return b.closeness() - a.closeness() })
	s.indexOrigins()
}

func (s *snapshot) indexSets() {
	s.setByID, s.setNamed = map[string]*PermissionSet{}, map[string]*PermissionSet{}
	for _, set := range s.held.sets {
		s.setByID[set.ID], s.setNamed[foldName(set.Name)] = set, set
	}
	s.rank = make(map[*PermissionSet]int, len(s.held.sets))
	for i, name := range slices.Sorted(maps.Keys(s.setNamed)) {
		s.rank[s.setNamed[name]] = i
	}
	s.role = map[string]*Role{}
	for _, r := range s.held.roles {
		r.read()
		s.role[r.ARN] = r
	}
}

func (s *snapshot) indexAssignments() {
	s.assignment = make(map[string]*Assignment, len(s.held.assignments))
	s.toUser, s.toGroup, s.toClaim = map[string][]*Assignment{}, map[string][]*Assignment{}, map[claimed][]*Assignment{}
	for _, a := range s.held.assignments {
		s.assignment[a.ID] = a
		switch p := a.Principal; p.Kind {
		case ToUser:
			s.toUser[p.ID] = append(s.toUser[p.ID], a)
		case ToGroup:
			s.toGroup[p.ID] = append(s.toGroup[p.ID], a)
		case ToClaim:
			k := claimed{p.IDP, p.Name}
			s.toClaim[k] = append(s.toClaim[k], a)
		}
	}
}

func (s *snapshot) compile(before policies) {
	s.appRules, s.setRules, s.tagSpellings = map[string]*ruleSet{}, map[string]*ruleSet{}, map[string][]string{}
	for _, a := range s.held.applications {
		s.compileInto(s.appRules, a.ID, "application "+a.Name, a.Rules, before)
	}
	for _, set := range s.held.sets {
		s.compileInto(s.setRules, set.ID, "permission set "+set.Name, set.Rules, before)
	}
}

func (s *snapshot) compileInto(into map[string]*ruleSet, id, object string, rules []Rule, before policies) {
	if len(rules) == 0 {
		return
	}
	compiled := compileRules(object, rules, s.policies, before)
	into[id], s.anyRules = compiled, true
	compiled.tagKeys(func(key string) {
		folded := foldTagKey(key)
		if !slices.Contains(s.tagSpellings[folded], key) {
			s.tagSpellings[folded] = append(s.tagSpellings[folded], key)
		}
	})
}

// reaching gives the assignments that reach a person, by application: their
// own first, then those of their groups. It reads only what is theirs, and
// keeps what is in the applications of the IDs in only; nil are all.
func (s *snapshot) reaching(p *Person, only map[string]bool) map[string][]*Assignment {
	found := map[string][]*Assignment{}
	add := func(list []*Assignment) {
		for _, a := range list {
			if only != nil && !only[a.ApplicationID] {
				continue
			}
			found[a.ApplicationID] = append(found[a.ApplicationID], a)
		}
	}
	add(s.toUser[p.UserID])
	for _, g := range p.Groups {
		add(s.toGroup[g.ID])
	}
	for _, name := range p.Claimed {
		add(s.toClaim[claimed{p.IDP, name}])
	}
	return found
}

// foldName is the form under which names of permission sets are unique.
func foldName(name string) string { return directory.Fold(name) }
