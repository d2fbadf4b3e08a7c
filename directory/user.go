// Package directory knows the people and groups, however they arrived: by
// SCIM, at a first sign-in, or by hand.
package directory

import (
	"context"
	"time"
)

// Source says how a record arrived.
type Source string

const (
	FromSignIn Source = "signin"
	FromSCIM   Source = "scim"
	FromHand   Source = "manual"
)

// User is a person. UserName keeps its case and is unique case-folded (Fold).
type User struct {
	ID           string
	UserName     string // RFC 7643 section 4.1.1; equals the NameID of a sign-in
	ExternalID   string
	Active       bool
	Source       Source
	IDP          string // slug of the connection of the first sign-in, or ""
	Profile      Profile
	CreatedAt    time.Time
	UpdatedAt    time.Time
	LastSignInAt time.Time // zero: never
	Version      int64     // grows with every change; ETags
}

// Profile is what RFC 7643 calls the other attributes of a User, with the
// enterprise extension. Its JSON names are SCIM's.
type Profile struct {
	DisplayName       string       `json:"displayName,omitempty"`
	Name              Name         `json:"name,omitzero"`
	NickName          string       `json:"nickName,omitempty"`
	ProfileURL        string       `json:"profileUrl,omitempty"`
	Title             string       `json:"title,omitempty"`
	UserType          string       `json:"userType,omitempty"`
	PreferredLanguage string       `json:"preferredLanguage,omitempty"`
	Locale            string       `json:"locale,omitempty"`
	Timezone          string       `json:"timezone,omitempty"`
	Emails            []MultiValue `json:"emails,omitempty"`
	PhoneNumbers      []MultiValue `json:"phoneNumbers,omitempty"`
	Addresses         []Address    `json:"addresses,omitempty"`
	Enterprise        Enterprise   `json:"enterprise,omitzero"`
}

type Name struct {
	Formatted       string `json:"formatted,omitempty"`
	FamilyName      string `json:"familyName,omitempty"`
	GivenName       string `json:"givenName,omitempty"`
	MiddleName      string `json:"middleName,omitempty"`
	HonorificPrefix string `json:"honorificPrefix,omitempty"`
	HonorificSuffix string `json:"honorificSuffix,omitempty"`
}

type MultiValue struct {
	Value   string `json:"value"`
	Type    string `json:"type,omitempty"`
	Display string `json:"display,omitempty"`
	Primary bool   `json:"primary,omitempty"`
}

type Address struct {
	Formatted     string `json:"formatted,omitempty"`
	StreetAddress string `json:"streetAddress,omitempty"`
	Locality      string `json:"locality,omitempty"`
	Region        string `json:"region,omitempty"`
	PostalCode    string `json:"postalCode,omitempty"`
	Country       string `json:"country,omitempty"`
	Type          string `json:"type,omitempty"`
	Primary       bool   `json:"primary,omitempty"`
}

type Enterprise struct {
	EmployeeNumber string  `json:"employeeNumber,omitempty"`
	CostCenter     string  `json:"costCenter,omitempty"`
	Organization   string  `json:"organization,omitempty"`
	Division       string  `json:"division,omitempty"`
	Department     string  `json:"department,omitempty"`
	Manager        Manager `json:"manager,omitzero"`
}

type Manager struct {
	Value       string `json:"value,omitempty"`
	DisplayName string `json:"displayName,omitempty"`
}

// Filter selects users, by UserName order. Zero fields don't restrict.
type Filter struct {
	Search string // part of userName or displayName, folded
	IDs    []string
	Source Source // how they arrived
	IDP    string // slug of their connection
	Active *bool  // nil: whether or not
	After  string // folded userName of the last one of the page before
	Limit  int    // 0: 50
}

// Store keeps what this room knows. One act is one transaction, its event
// included.
type Store interface {
	People
	Groups
	Seen
	Tokens
	Brakes
	Records
	Leftovers
}

// People keeps users.
type People interface {
	// User finds one by ID; fault.NotFound.
	User(ctx context.Context, id string) (*User, error)
	// UserByUserName finds one by folded userName; fault.NotFound.
	UserByUserName(ctx context.Context, userName string) (*User, error)
	// Users lists people for administrators.
	Users(ctx context.Context, f Filter) ([]*User, error)
	QueryUsers(ctx context.Context, scope Scope, q Query) (*Page[*User], error)
	// CreateUser saves a new one and sets its Version; fault.Conflict where the
	// folded userName is taken. It forgets the removal of a former person of
	// that name; a robot's act that of one of its own connection or of none.
	// A robot gives no userName of an e-mail domain that another active
	// connection lists (fault.Conflict) or that its own, which lists some, does
	// not (fault.Invalid), and touches no person of none who has such an address.
	CreateUser(ctx context.Context, u *User, act Act) error
	// UpdateUser changes one in a transaction; fault.NotFound, fault.Conflict.
	// Where change makes an active user inactive, all of the user's sessions
	// end in the same transaction; where it changes an attribute that a
	// session tag of theirs was read from, the tags of their live sessions
	// change with it. A new userName ends the sessions too; from a robot it
	// counts for the brake as a deactivation does. A change that changes nothing
	// writes nothing: no event, no version.
	UpdateUser(ctx context.Context, id string, change func(*User) error, act Act) (*User, error)
	// RemoveUser deletes one: their sessions end and their memberships go in
	// the same transaction, and a Removal stays; fault.NotFound.
	RemoveUser(ctx context.Context, id string, act Act) error
}
