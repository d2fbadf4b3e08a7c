package scim

import (
	"sallyport/directory"
)

// call is one request as its handler sees it: over HTTP, inside a Bulk, or
// replayed from the provisioning log.
type call struct {
	Method  string
	Path    string // below the base, without slashes at the end: "/Users/2819c223"
	Query   query
	Body    []byte // at most maxBody
	isJSON  bool   // checkBody was there
	IfMatch string
	IfNone  string // If-None-Match

	ID     string // of the resource in Path, or ""
	Scope  directory.Scope
	Actor  string // "token:ID"
	AWS    bool   // directory.AWS was chosen for the token
	DryRun bool
	Quiet  bool  // nobody reads the body of what is done: in a Bulk
	Work   *work // what is left to a whole Bulk; nil: this call has its own

	// Record is what the provisioning log gets; handlers fill Resource,
	// ObjectID, Person, Changes and, where they have something to say, Detail.
	Record *directory.Record
}

// checkBody is checkJSON of the body, once.
func (c *call) checkBody() error {
	if c.isJSON {
		return nil
	}
	err := checkJSON(c.Body)
	c.isJSON = err == nil
	return err
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
