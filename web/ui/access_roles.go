package ui

import "sallyport/access"

// Roles lists them, with a form for one more.
type Roles struct {
	Roles  []*access.Role
	Form   RoleForm
	Notice string
}

// RoleForm is what was typed, and what was wrong with it.
type RoleForm struct {
	ARN, Description, Trust string
	Hours                   string // the longest session; "" is one
	Inline                  []access.InlinePolicy
	Error                   string
}

func (Roles) Head() Head {
	return Head{Template: "admin/roles", Title: "Roles", Section: "applications"}
}

// Role is the page of one.
type Role struct {
	Role    *access.Role
	Form    RoleForm
	Account string
	Apps    []*access.Application // WorkSpaces of the same account
	Error   string                // of the documents as they stand, or ""
	Notice  string
}

func (p Role) Head() Head {
	return Head{Template: "admin/role", Title: "Role", Section: "applications"}
}
