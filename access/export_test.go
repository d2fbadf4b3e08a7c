package access

// NewCatalog is a catalog of what is given, without a store behind it.
func NewCatalog(apps []*Application, sets []*PermissionSet, assignments []*Assignment) *Catalog {
	c := &Catalog{}
	c.snapshot.Store(newSnapshot(1, held{applications: apps, sets: sets, assignments: assignments}))
	return c
}

// ReadOnce counts the texts of rules that c holds, and how many of them it
// took from before.
func ReadOnce(before, c *Catalog) (texts, taken int) {
	was, is := before.snapshot.Load().policies, c.snapshot.Load().policies
	for text, p := range is {
		if old, ok := was[text]; ok && old == p {
			taken++
		}
	}
	return len(is), taken
}

// AtThisMoment is c as it is now, whatever it loads later.
func AtThisMoment(c *Catalog) *Catalog {
	still := &Catalog{}
	still.snapshot.Store(c.snapshot.Load())
	return still
}

// OwnerByAll is the owner of a clean address found by looking at every prefix of
// every application, as slowly as it takes; nil where At must be nil too.
func OwnerByAll(c *Catalog, rawURL string) *Application {
	u, ok := split(rawURL)
	if !ok || !u.parsesTheSame() {
		return nil
	}
	s := c.snapshot.Load()
	var owner *Application
	for i := range s.allowed {
		if s.allowed[i].allows(u) {
			owner = s.allowed[i].app
			break
		}
	}
	if owner == nil {
		return nil
	}
	for _, read := range u.places() {
		own, others := -1, -1
		for i := range s.allowed {
			p := &s.allowed[i]
			for _, prefix := range p.places {
				switch {
				case p.origin != u.origin || !prefix.holds(read):
				case p.app == owner:
					own = max(own, prefix.closeness())
				default:
					others = max(others, prefix.closeness())
				}
			}
		}
		if own < others || own < 0 {
			return nil
		}
	}
	return owner
}

// closeness orders prefixes as that of an allowance does.
func (p place) closeness() int {
	if len(p.params) > 0 {
		return 2*len(p.path) + 1
	}
	return 2 * len(p.path)
}

// HasPlaces reports whether any address of a is in the narrow form.
func HasPlaces(a *Application) bool { return len(allowances(a)) > 0 }
