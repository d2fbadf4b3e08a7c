package access

// NewCatalog is a catalog of what is given, without a store behind it.
func NewCatalog(apps []*Application, sets []*PermissionSet, assignments []*Assignment) *Catalog {
	c := &Catalog{}
	c.snapshot.Store(newSnapshot(1, held{applications: apps, sets: sets, assignments: assignments}))
	return c
}
