package scim

import (
	"net/url"

	"sallyport/directory"
)

// call is one request as its handler sees it: over HTTP, inside a Bulk, or
// replayed from the provisioning log.
type call struct {
	Method  string
	Path    string // below the base, without slashes at the end: "/Users/2819c223"
	Query   url.Values
	Body    []byte // at most maxBody
	IfMatch string
	IfNone  string // If-None-Match

	Scope  directory.Scope
	Actor  string // "scim:" and the token's ID
	AWS    bool   // directory.AWS was chosen for the token
	DryRun bool

	// Record is what the provisioning log gets; handlers fill Resource,
	// ObjectID, Person, Changes and, where they have something to say, Detail.
	Record *directory.Record
}

// answer is what becomes of a call.
type answer struct {
	Status   int
	Body     []byte // JSON; nil: none
	Location string
	ETag     string
	Refusal  *refusal // what was rendered into Body, nil where the call was done
	Route    string   // "/Users/{id}", for those who count
}

// What the grammar's files provide, and the server calls:
//
//	parseFilter(text string, of *resourceType) (directory.Expr, error)
//	applyUserPatch(u *directory.User, ops []operation) error
//	groupPatch(ops []operation, members func() ([]directory.Member, error)) (directory.GroupChange, error)
//	(*Server).bulk(ctx context.Context, c *call) (*answer, error)   each of its operations through (*Server).answer(ctx, *call) *answer
//	awsCall(c *call) error                              before routing: refuses what AWS has not, changes c.Query
//	awsFilter(of *resourceType, where directory.Expr) error
//	awsUser(u *directory.User) error                    what a POST, PUT or PATCH leaves
//	awsUserPatch(ops []operation) error, awsGroupPatch(ops []operation) error
//	awsRefusal(b []byte, r *refusal) []byte             instead of appendRefusal
