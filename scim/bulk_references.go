package scim

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// bulkIDPrefix stands before the bulkId of another operation, where an id
// stands otherwise (RFC 7644 section 3.7.2).
const bulkIDPrefix = "bulkId:"

// resolve does the operations whose bulkId op names and gives the data of op
// with their ids in place.
func (b *bulkRun) resolve(ctx context.Context, op *bulkOperation) (json.RawMessage, error) {
	for _, name := range op.references() {
		other := b.byBulkID[name]
		if other == nil {
			return nil, bad(invalidValue, "No operation has the bulkId that is named here.")
		}
		if other.state == resolving {
			return nil, refuse(http.StatusConflict, "Operations name each other's bulkIds in a circle. Create them first and connect them afterwards.")
		}
		b.do(ctx, other)
		if other.state != finished || other.answer.Refusal != nil || other.id == "" {
			return nil, refuse(http.StatusConflict, "An operation whose bulkId is named here was not done.")
		}
	}
	return op.resolved(b.byBulkID), nil
}

// references are the bulkIds that op names in its path and data.
func (op *bulkOperation) references() []string {
	var names []string
	path, _, _ := strings.Cut(op.path, "?")
	if i := strings.Index(path, "/"+bulkIDPrefix); i >= 0 {
		names = append(names, strings.Trim(path[i+1+len(bulkIDPrefix):], "/"))
	}
	eachReference(op.data, func(name string, _, _ int) { names = append(names, name) })
	return names
}

// resolved is the data of op with ids where bulkIds are named.
func (op *bulkOperation) resolved(byBulkID map[string]*bulkOperation) json.RawMessage {
	var out []byte
	behind := 0
	eachReference(op.data, func(name string, from, to int) {
		out = append(out, op.data[behind:from]...)
		out = appendString(out, byBulkID[name].id)
		behind = to
	})
	if behind == 0 {
		return op.data
	}
	return append(out, op.data[behind:]...)
}

// eachReference calls do for each string in v that names a bulkId; from and to
// are where it stands, quotation marks included. Names of members are none.
func eachReference(v json.RawMessage, do func(name string, from, to int)) {
	if !bytes.Contains(v, []byte(bulkIDPrefix)) {
		return
	}
	for i := 0; i < len(v); {
		if v[i] != '"' {
			i++
			continue
		}
		to := endOfString(v, i)
		if name, ok := strings.CutPrefix(unquote(v[i:to]), bulkIDPrefix); ok && !isKey(v, to) {
			do(name, i, to)
		}
		i = to
	}
}

// isKey reports whether the string that ends before i is a member's name.
func isKey(v json.RawMessage, i int) bool {
	i = skipSpace(v, i)
	return i < len(v) && v[i] == ':'
}
