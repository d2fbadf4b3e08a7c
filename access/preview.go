package access

// Proposal is a change that is not made yet; nil and empty fields change nothing.
type Proposal struct {
	Application   *Application   // instead of the one of its ID
	PermissionSet *PermissionSet // instead of the one of its ID
	Grant         []*Assignment
	Revoke        []string // IDs of assignments
}

// Preview is a catalog as it would be. Nothing is saved; fault.Invalid where
// the proposal could not be saved.
func (c *Catalog) Preview(p Proposal) (*Catalog, error) { panic("unwritten") }

// Difference is what a proposal changes for one person in one application.
type Difference struct {
	Person      Person
	Application *Application
	Before      []string // permission sets by name; "" stands for entering without one
	After       []string
}

// Differences compares two catalogs for people. It looks only at applications
// that the two hold differently.
func Differences(before, after *Catalog, people []*Facts) []Difference { panic("unwritten") }
