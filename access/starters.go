package access

import "time"

// Starters are offered where there is no permission set yet:
// AdministratorAccess, PowerUserAccess and ViewOnlyAccess.
func Starters() []*PermissionSet {
	return []*PermissionSet{
		{Name: "AdministratorAccess", Description: "May see and change everything in the application.", SessionDuration: time.Hour},
		{Name: "PowerUserAccess", Description: "May see and change everything but who else may do so.", SessionDuration: time.Hour},
		{Name: "ViewOnlyAccess", Description: "May see everything and change nothing.", SessionDuration: time.Hour},
	}
}
