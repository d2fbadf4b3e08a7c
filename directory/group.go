package directory

import (
	"context"
	"time"
)

// Group is a set of people and of other groups. A connection's robot keeps
// those of its own (FromSCIM); administrators keep local ones (FromHand).
// DisplayName is unique, folded, among the groups of one IDP; what a local
// group is called belongs to the house, and no robot's group is called so.
type Group struct {
	ID          string
	DisplayName string
	ExternalID  string
	Source      Source
	IDP         string // slug of the connection whose robot keeps it; "": local
	Members     int    // how many it has directly
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Version     int64 // grows with every change, of members too; ETags
}

// MemberKind tells people from groups, in the words of RFC 7643 section 4.2.
type MemberKind string

const (
	UserMember  MemberKind = "User"
	GroupMember MemberKind = "Group"
)

// Member is one direct member of a group.
type Member struct {
	ID      string
	Kind    MemberKind
	Display string // userName or displayName
	IDP     string // slug of the connection that they are of; "": of none
}

// GroupRef is a group as one of its members sees it.
type GroupRef struct {
	ID          string
	DisplayName string
	IDP         string // "": local
	Direct      bool   // false: through another group
}

// GroupChange says what becomes of a group; nil and empty fields change
// nothing. Members are IDs of users and groups. Adding one that is in, or
// removing one that is not, changes nothing.
type GroupChange struct {
	DisplayName *string
	ExternalID  *string
	Replace     bool // Add is the whole list from now on
	Add         []string
	Remove      []string
}

// Groups keeps groups. All of it is as indexed as people are: a group of
// 50,000 members takes a change of 100 in the time of those 100.
type Groups interface {
	// Group finds one by ID; fault.NotFound, also where scope does not show it.
	Group(ctx context.Context, scope Scope, id string) (*Group, error)
	QueryGroups(ctx context.Context, scope Scope, q Query) (*Page[*Group], error)
	// Members lists direct members of a group by ID; after is the last ID of
	// the page before; limit 0: all.
	Members(ctx context.Context, groupID, after string, limit int) ([]Member, error)
	// CreateGroup saves a new one. fault.Conflict where its name is taken, or
	// means a local group on one side and a robot's on the other;
	// fault.Invalid (ErrMember) for a member that the act may not see, for
	// itself and for a cycle; nothing is saved then.
	CreateGroup(ctx context.Context, g *Group, members []string, act Act) error
	// ChangeGroup applies c, all of it or nothing; errors as for CreateGroup.
	ChangeGroup(ctx context.Context, id string, c GroupChange, act Act) (*Group, error)
	// RemoveGroup deletes one and its memberships; fault.NotFound.
	RemoveGroup(ctx context.Context, id string, act Act) error
	// GroupsOf gives the groups that each user is in, through other groups
	// too, by folded DisplayName. A user in none is no key.
	GroupsOf(ctx context.Context, userIDs ...string) (map[string][]GroupRef, error)
	// LocalNames gives those of names that local groups have, folded.
	LocalNames(ctx context.Context, names ...string) (map[string]bool, error)
}
