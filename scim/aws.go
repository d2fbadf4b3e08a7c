package scim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"sallyport/directory"
)

// The "aws" compatibility of a token: the ways in which IAM Identity Center's
// endpoint differs from the RFCs, as its developer guide documents them, for
// clients that were written against it.

// Bounds that AWS documents.
const (
	awsPage    = 100 // resources on one page
	awsMembers = 100 // members of a new group, or changed in one request
)

// awsCall refuses what AWS has not, and takes from the query what it ignores.
func awsCall(c *call) error {
	endpoint, below, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(c.Path, "/")), "/")
	switch {
	case endpoint == "bulk", endpoint == "me", strings.HasPrefix(below, ".search"):
		return refuse(http.StatusNotFound, "There is nothing at this address.")
	case endpoint == "groups" && c.Method == http.MethodPut:
		return &refusal{Status: http.StatusMethodNotAllowed, Allow: "GET, PATCH, DELETE", Detail: "Groups are changed by PATCH."}
	}
	c.IfMatch, c.IfNone = "", ""
	if c.Method == http.MethodGet && below == "" {
		awsQuery(c.Query)
	}
	if endpoint == "users" && (c.Method == http.MethodPost || c.Method == http.MethodPut) {
		return awsBody(c)
	}
	return nil
}

// awsQuery: there is one page of a list and no choice of attributes; a second
// page is for those who page by cursor.
func awsQuery(q query) {
	for _, ignored := range []string{"startindex", "attributes", "excludedattributes", "sortby", "sortorder"} {
		delete(q, ignored)
	}
	if n, err := strconv.Atoi(q["count"]); err == nil && n > awsPage {
		q["count"] = strconv.Itoa(awsPage)
	}
}

// awsFilter takes what AWS takes: equalities of a few attributes, joined by and.
func awsFilter(of *resourceType, where directory.Expr) error {
	if where == nil {
		return nil
	}
	allowed := []directory.Attribute{"id", "userName", "externalId", "groups.value", "enterprise.manager.value"}
	if of == groupType {
		allowed = []directory.Attribute{"id", "displayName", "externalId", "members.value"}
	}
	var asked []directory.Attribute
	plain := eachEquality(where, func(c directory.Compare) bool {
		asked = append(asked, c.Attr)
		return slices.Contains(allowed, c.Attr)
	})
	switch {
	case !plain:
		return bad(invalidFilter, "Filters are equalities (eq) of %s and id, joined by and.", strings.Join(awsNames(allowed[1:]), ", "))
	case slices.Contains(asked, "enterprise.manager.value") && !slices.Contains(asked, directory.AttrID):
		return bad(invalidFilter, "A filter by manager needs id too.")
	}
	return nil
}

func awsNames(paths []directory.Attribute) []string {
	var list []string
	for _, p := range paths {
		list = append(list, strings.TrimPrefix(string(p), enterpriseName+"."))
	}
	return list
}

// awsRefusal writes an error as AWS does: the key is schema, and there is no
// scimType.
func awsRefusal(b []byte, r *refusal) []byte {
	b = append(b, `{"schema":["`+errorSchema+`"],"detail":`...)
	b = appendString(b, r.Detail)
	b = append(b, `,"status":"`...)
	b = strconv.AppendInt(b, int64(r.Status), 10)
	return append(b, `"}`...)
}

// awsAbsent are attributes of RFC 7643 that AWS refuses.
var awsAbsent = []string{"password", "ims", "photos", "entitlements", "x509certificates"}

// awsBody refuses the attributes that AWS refuses, and lists where it takes
// one value.
func awsBody(c *call) error {
	if err := c.checkBody(); err != nil {
		return err
	}
	return eachMember(c.Body, func(name string, v json.RawMessage) error {
		lower := strings.TrimPrefix(strings.ToLower(name), strings.ToLower(userSchema)+":")
		if slices.Contains(awsAbsent, lower) && namesSomething(v) {
			return bad(invalidValue, "The attribute %s is not supported.", lower)
		}
		if lower == "roles" && kindOf(v) == '[' {
			if _, err := only(&attribute{Name: lower}, v); err != nil {
				return awsOneValue(lower)
			}
		}
		return nil
	})
}

func awsOneValue(name string) error {
	return bad(invalidValue, "List attribute %s exceeds allowed limit of 1", name)
}
