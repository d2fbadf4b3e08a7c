package ui

import (
	"sallyport/directory"
	"sallyport/idp"
)

// Groups lists groups by name.
type Groups struct {
	Groups []GroupRow
	Search string
	IDP    string
	IDPs   []*idp.Provider
	Older  string
	Form   GroupForm
	Notice string
}

// GroupRow is one group with who keeps it.
type GroupRow struct {
	Group  *directory.Group
	Keeper string // name of the connection whose robot keeps it; "": local
}

// GroupForm is what was typed, and what was wrong with it.
type GroupForm struct{ Name, Error string }

func (Groups) Head() Head { return Head{Template: "admin/groups", Title: "Groups", Section: "groups"} }

// Filtering reports whether the list is not the whole.
func (p Groups) Filtering() bool { return p.Search != "" || p.IDP != "" }

// Group is the page of one group.
type Group struct {
	Group   *directory.Group
	Keeper  string // name of the connection whose robot keeps it; "": local
	Members []directory.Member
	Older   string
	Unkept  bool // no robot keeps it now: administrators may change and delete it
	Rename  GroupForm
	Add     MemberForm
	Access  AssignmentTable
	Notice  string
}

// MemberForm is who was to be added, and what was wrong with it.
type MemberForm struct{ People, Group, Error string }

func (p Group) Head() Head {
	return Head{Template: "admin/group", Title: p.Group.DisplayName, Section: "groups"}
}

// Local reports whether administrators keep the group.
func (p Group) Local() bool { return p.Group.IDP == "" && p.Group.Source != directory.FromSCIM }
