package scim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sallyport/directory"
	"sallyport/internal/reqctx"
)

// maxBulk is how many operations one Bulk may hold.
const maxBulk = 1000

// bulkOperation is one of a Bulk (RFC 7644 section 3.7), and what became of it.
type bulkOperation struct {
	method  string
	bulkID  string
	path    string
	version string
	data    json.RawMessage

	state  bulkState
	answer *answer
	id     string // of what it was about, once it is done
}

type bulkState byte

const (
	waiting bulkState = iota
	resolving
	finished
)

// bulk does many operations in one request, each of them as if it had come
// alone: each is done or not, and each stands in the provisioning log. They
// are done in their order, but one that names another's bulkId after that one.
func (s *Server) bulk(ctx context.Context, c *call) (*answer, error) {
	ops, failOnErrors, err := readBulk(c)
	if err != nil {
		return nil, err
	}
	b := &bulkRun{server: s, call: c, ops: ops, failOnErrors: failOnErrors, byBulkID: map[string]*bulkOperation{}, work: newWork()}
	for _, op := range ops {
		if op.bulkID == "" {
			continue
		}
		if b.byBulkID[op.bulkID] != nil {
			return nil, bad(invalidValue, "Two operations have the same bulkId.")
		}
		b.byBulkID[op.bulkID] = op
	}
	for _, op := range ops {
		if b.enough() {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b.do(ctx, op)
	}
	c.Record.Detail = fmt.Sprintf("%d operations done, %d refused, %d left out.", b.done-b.failed, b.failed, len(ops)-b.done)
	return &answer{Status: http.StatusOK, Body: b.body()}, nil
}

// bulkRun is one Bulk on its way.
type bulkRun struct {
	server       *Server
	call         *call
	ops          []*bulkOperation
	byBulkID     map[string]*bulkOperation
	failOnErrors int // 0: however many
	done, failed int
	work         *work
}

func (b *bulkRun) enough() bool { return b.failOnErrors > 0 && b.failed >= b.failOnErrors }

// do does op, after the operations whose bulkId it names.
func (b *bulkRun) do(ctx context.Context, op *bulkOperation) {
	if op.state != waiting {
		return
	}
	op.state = resolving
	ready, err := b.resolve(ctx, op)
	if b.enough() {
		op.state = waiting // an operation that this one needed was one failure too many
		return
	}
	began := time.Now()
	sub := b.callOf(op)
	if err == nil {
		sub.Body, err = ready, b.prepare(op, sub)
	}
	if err != nil {
		op.answer = refused(sub, err)
	} else {
		op.answer = b.server.answer(ctx, sub)
	}
	op.state, op.id = finished, sub.Record.ObjectID
	b.done++
	if op.answer.Refusal != nil {
		b.failed++
	}
	b.log(ctx, op, sub, began)
}

// callOf is op as a request of its own.
func (b *bulkRun) callOf(op *bulkOperation) *call {
	c := b.call
	path, _, _ := strings.Cut(op.path, "?")
	return &call{
		Method: op.method, Path: cleanPath(path), IfMatch: op.version,
		Scope: c.Scope, Actor: c.Actor, AWS: c.AWS, DryRun: c.DryRun, Record: &directory.Record{},
		Quiet: true, Work: b.work,
	}
}

// prepare refuses what has no place in a Bulk, another Bulk first of all, and
// puts the id of a path's bulkId in its place.
func (b *bulkRun) prepare(op *bulkOperation, sub *call) (err error) {
	switch op.method {
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		return bad(invalidSyntax, "The method of an operation must be POST, PUT, PATCH or DELETE.")
	}
	first, id, _ := strings.Cut(strings.TrimPrefix(sub.Path, "/"), "/")
	if !strings.EqualFold("/"+first, userType.Endpoint) && !strings.EqualFold("/"+first, groupType.Endpoint) || strings.HasPrefix(id, ".") {
		return bad(invalidPath, "The path of an operation begins with /Users or /Groups.")
	}
	if reference, ok := strings.CutPrefix(id, bulkIDPrefix); ok {
		if other := b.byBulkID[reference]; other != nil { // resolve has made sure
			sub.Path = "/" + first + "/" + other.id
		}
	}
	if _, query, ok := strings.Cut(op.path, "?"); ok {
		sub.Query, err = readQuery(query)
	}
	return err
}

// log gives op a place of its own in the provisioning log.
func (b *bulkRun) log(ctx context.Context, op *bulkOperation, sub *call, began time.Time) {
	if sub.DryRun {
		return
	}
	l := sub.Record
	l.ID, l.IDP, l.TokenID = reqctx.NewID(), string(sub.Scope), strings.TrimPrefix(sub.Actor, "token:")
	l.At, l.Took = began.UTC().Truncate(time.Millisecond), time.Since(began)
	l.Method, l.Path = reqctx.Method(op.method), clip(strings.ToValidUTF8(sub.Path, "?"), keptPath)
	l.ClientIP, l.UserAgent = reqctx.ClientIP(ctx), "Bulk"
	if len(sub.Body) > 0 && len(sub.Body) <= keptBody && sub.checkBody() == nil {
		l.Body = withoutPasswords(sub.Body)
	}
	tell(l, op.answer)
	b.server.o.Directory.Log(l)
}

// body writes the BulkResponse, in the order of the request.
func (b *bulkRun) body() []byte {
	out := []byte(`{"schemas":["` + bulkResponse + `"],"Operations":[`)
	first := true
	for _, op := range b.ops {
		if op.state != finished {
			continue
		}
		if !first {
			out = append(out, ',')
		}
		first = false
		out = b.result(out, op)
	}
	return append(out, "]}"...)
}

func (b *bulkRun) result(out []byte, op *bulkOperation) []byte {
	o := open(out)
	o.text("method", op.method)
	o.text("bulkId", op.bulkID)
	o.text("location", b.location(op))
	o.text("version", op.answer.ETag)
	o.text("status", strconv.Itoa(op.answer.Status))
	if op.answer.Refusal != nil {
		o.key("response")
		o.b = append(o.b, op.answer.Body...)
	}
	return o.close()
}

// location is where what op was about is found: nowhere, if it was refused
// before it was made.
func (b *bulkRun) location(op *bulkOperation) string {
	if op.answer.Location != "" || op.id == "" {
		return op.answer.Location
	}
	of := userType
	if strings.HasPrefix(strings.ToLower(strings.TrimLeft(op.path, "/")), "groups") {
		of = groupType
	}
	return b.server.location(of, op.id)
}

// readBulk reads a BulkRequest.
func readBulk(c *call) (ops []*bulkOperation, failOnErrors int, err error) {
	if err := c.checkBody(); err != nil {
		return nil, 0, err
	}
	listed := false
	err = eachMember(c.Body, func(name string, v json.RawMessage) (err error) {
		switch strings.ToLower(name) {
		case "failonerrors":
			if isNull(v) {
				return nil
			}
			failOnErrors, err = strconv.Atoi(string(bytes.Trim(bytes.TrimSpace(v), `"`)))
			if err != nil || failOnErrors < 0 {
				return bad(invalidValue, "failOnErrors must be a number.")
			}
		case "operations":
			listed = kindOf(v) == '['
			ops, err = readBulkOperations(v)
		}
		return err
	})
	if err == nil && !listed {
		err = bad(invalidSyntax, "A Bulk needs a list of Operations.")
	}
	return ops, failOnErrors, err
}

func readBulkOperations(v json.RawMessage) (ops []*bulkOperation, err error) {
	if kindOf(v) != '[' {
		return nil, nil
	}
	err = eachElement(v, func(e json.RawMessage) error {
		if len(ops) == maxBulk {
			return refuse(http.StatusRequestEntityTooLarge, "A Bulk may hold at most %d operations. Send them in several.", maxBulk)
		}
		if kindOf(e) != '{' {
			return bad(invalidSyntax, "An operation must be an object.")
		}
		op := &bulkOperation{}
		ops = append(ops, op)
		return op.read(e)
	})
	return ops, err
}

func (op *bulkOperation) read(v json.RawMessage) error {
	return eachMember(v, func(name string, v json.RawMessage) error {
		var field *string
		switch strings.ToLower(name) {
		case "method":
			field = &op.method
		case "bulkid":
			field = &op.bulkID
		case "path":
			field = &op.path
		case "version":
			field = &op.version
		case "data":
			if !isNull(v) {
				op.data = v
			}
			return nil
		default:
			return nil
		}
		switch {
		case isNull(v):
		case kindOf(v) != '"':
			return bad(invalidSyntax, "The %s of an operation must be a string.", strings.ToLower(name))
		default:
			*field = unquote(v)
		}
		op.method = strings.ToUpper(op.method)
		return nil
	})
}
