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
