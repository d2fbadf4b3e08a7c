package scim

import "encoding/json"

// operation is one of a PATCH (RFC 7644 section 3.5.2), as it came.
type operation struct {
	Op    string // "add", "remove" or "replace": lower case, whatever came
	Path  string // "" where there was none
	Value json.RawMessage
}

// Most that one PATCH may hold.
const (
	maxOperations   = 1000
	maxMemberValues = 10000
)
