// Package access knows the applications, the targets that a relay state can
// name, and decides who may enter them.
package access

import (
	"context"
	"time"

	"sallyport/audit"
)

// Kind says what an application is.
type Kind string

const (
	KindWeb        Kind = "web"        // a web application of the company
	KindWorkSpaces Kind = "workspaces" // Amazon WorkSpaces: the relay state is made from Region and registration code
	KindLink       Kind = "link"       // a mere address on the portal
)

// Entry says who may enter an application, before its rules.
type Entry string

const (
	Everyone Entry = "everyone" // any signed-in person; how commands make one, and how those made before are
	Assigned Entry = "assigned" // who has an assignment; how the console makes one
)

// DeepLink is a named place in an application.
type DeepLink struct {
	Name  string `json:"name"` // [a-z0-9][a-z0-9-]{0,62}
	Title string `json:"title,omitempty"`
	Path  string `json:"path"` // as it follows the name in a relay state, "/d/abc?x=1"
}

// WorkSpaces is an Amazon WorkSpaces directory.
type WorkSpaces struct {
	Region           string `json:"region"` // one of WorkSpacesRegions
	FIPS             bool   `json:"fips,omitempty"`
	RegistrationCode string `json:"registration_code"` // or the FQDN of cross-Region redirection
	DirectoryID      string `json:"directory_id"`      // d-1234567890
	AccountID        string `json:"account_id"`        // 12 digits
	Client           string `json:"client,omitempty"`  // "native", "web" or ""
}

// UserAccess is where one identity provider starts a sign-in here by itself.
type UserAccess struct {
	Vendor string `json:"vendor"`
	URL    string `json:"url"`
}

// Application is a target of sign-ins.
type Application struct {
	ID          string
	Name        string // unique; [a-z0-9][a-z0-9-]{0,62}; what a relay state says
	Title       string // for people; Name where empty
	Description string
	URL         string     // where it lives; the base of paths in relay states; made by the house for WorkSpaces
	Allowed     []string   // further URL prefixes (scheme and host exact, path by whole segments) that a relay state may name
	Links       []DeepLink // named places in it, said as "name/~place" in a relay state and offered on the portal
	Icon        string     // an emoji or one or two letters; "": the first letter of the title
	Kind        Kind
	Entry       Entry
	WorkSpaces  *WorkSpaces // for KindWorkSpaces
	Rules       []Rule
	AskWhom     string       // for who is not let in: a name, an address, a channel; may be ""
	UserAccess  []UserAccess // where identity providers start a sign-in here by themselves
	StepUp      StepUp       // how people must have signed in to enter; zero: in any way
	Gateway     Gateway      // what a proxy in front of it tells it
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Version     int64
}

// Store keeps what this room knows. One act is one transaction, its event
// included, and moves the revision.
type Store interface {
	Applications
	PermissionSets
	Assignments
	Roles
	Shelves
}

// Applications keeps applications.
type Applications interface {
	Applications(ctx context.Context) ([]*Application, error) // by Name
	// CreateApplication saves a new one; fault.Conflict where the name is taken.
	CreateApplication(ctx context.Context, a *Application, e audit.Event) error
	// UpdateApplication saves a over the version it names, and sets the new
	// one; fault.NotFound, fault.Conflict where it has another version by now.
	UpdateApplication(ctx context.Context, a *Application, e audit.Event) error
	// DeleteApplication removes one by name, and its assignments; fault.NotFound.
	DeleteApplication(ctx context.Context, name string, e audit.Event) error
	// Revision grows whenever something that memory holds changes: applications,
	// permission sets, assignments, also those that went with a person or group,
	// names of who is assigned, roles; connections and keys too.
	Revision(ctx context.Context) (int64, error)
}
