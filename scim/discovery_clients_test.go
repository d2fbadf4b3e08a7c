package scim_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestDiscovery asserts what testers of SCIM servers assert of discovery
// (RFC 7644 section 4, RFC 7643 sections 5 to 7).
func TestDiscovery(t *testing.T) {
	h := newHouse(t)

	config := h.want(200, "GET", "/ServiceProviderConfig", "")
	for _, feature := range []string{"patch", "bulk", "filter", "changePassword", "sort", "etag"} {
		if _, ok := config.at(feature, "supported").(bool); !ok {
			t.Errorf("the configuration does not say whether %s is supported", feature)
		}
	}
	for _, number := range [][]any{{"bulk", "maxOperations"}, {"bulk", "maxPayloadSize"}, {"filter", "maxResults"}} {
		if n, _ := config.at(number...).(float64); n < 1 {
			t.Errorf("%v is %v", number, config.at(number...))
		}
	}
	if config.at("bulk", "maxOperations") != 1000.0 || config.at("bulk", "maxPayloadSize") != float64(1<<20) {
		t.Errorf("bulk is said to be %v", config.at("bulk"))
	}
	if config.text("authenticationSchemes", 0, "type") != "oauthbearertoken" || config.text("authenticationSchemes", 0, "name") == "" ||
		config.text("authenticationSchemes", 0, "description") == "" {
		t.Errorf("authentication is said to be %v", config.at("authenticationSchemes"))
	}
	if config.text("meta", "location") != baseURL+"/ServiceProviderConfig" || config.text("meta", "resourceType") != "ServiceProviderConfig" {
		t.Errorf("meta is %v", config.at("meta"))
	}

	types := h.want(200, "GET", "/ResourceTypes", "")
	endpoints := map[string]string{}
	eachResource(t, types, func(i int) {
		id := types.text("Resources", i, "id")
		endpoints[id] = types.text("Resources", i, "endpoint")
		one := h.want(200, "GET", "/ResourceTypes/"+id, "")
		if one.text("schema") == "" || one.text("name") != id || one.text("meta", "location") != baseURL+"/ResourceTypes/"+id {
			t.Errorf("the resource type %s is %s", id, one.body)
		}
		h.want(200, "GET", endpoints[id], "")
		h.want(200, "GET", "/Schemas/"+one.text("schema"), "")
	})
	if endpoints["User"] != "/Users" || endpoints["Group"] != "/Groups" || len(endpoints) != 2 {
		t.Errorf("endpoints are %v", endpoints)
	}

	schemas := h.want(200, "GET", "/Schemas", "")
	var ids []string
	eachResource(t, schemas, func(i int) {
		id := schemas.text("Resources", i, "id")
		ids = append(ids, id)
		one := h.want(200, "GET", "/Schemas/"+id, "")
		if one.text("id") != id || one.text("name") == "" || one.text("meta", "location") != baseURL+"/Schemas/"+id {
			t.Errorf("the schema %s has name %q and meta %v", id, one.text("name"), one.at("meta"))
		}
		attributes, _ := one.at("attributes").([]any)
		if len(attributes) == 0 {
			t.Errorf("%s has no attributes", id)
		}
		for _, attribute := range attributes {
			wholeAttribute(t, id, attribute.(map[string]any))
		}
	})
	for _, id := range []string{coreUser, coreGroup, enterpriseUser} {
		if !slices.Contains(ids, id) {
			t.Errorf("the schema %s is not listed", id)
		}
	}
	h.want(200, "GET", "/schemas/"+strings.ToUpper(coreUser), "") // URNs and paths in another case
	for _, a := range []*answer{config, types, schemas} {
		if problems := manners(a, ""); len(problems) > 0 {
			t.Error(problems)
		}
	}
}

func eachResource(t *testing.T, a *answer, do func(i int)) {
	t.Helper()
	resources, _ := a.at("Resources").([]any)
	if list, _ := a.at("schemas").([]any); len(list) != 1 || list[0] != listResponse || a.at("totalResults") != float64(len(resources)) {
		t.Errorf("not a list: %.300s", a.body)
	}
	for i := range resources {
		do(i)
	}
}

func wholeAttribute(t *testing.T, where string, attribute map[string]any) {
	t.Helper()
	where = fmt.Sprint(where, ":", attribute["name"])
	for key, allowed := range map[string][]any{
		"type":        {"string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"},
		"mutability":  {"readOnly", "readWrite", "immutable", "writeOnly"},
		"returned":    {"always", "never", "default", "request"},
		"multiValued": {true, false}, "required": {true, false},
	} {
		if !slices.Contains(allowed, attribute[key]) {
			t.Errorf("%s: %s is %v", where, key, attribute[key])
		}
	}
	if text, _ := attribute["description"].(string); text == "" {
		t.Errorf("%s is not described", where)
	}
	if attribute["type"] != "complex" {
		return
	}
	inner, _ := attribute["subAttributes"].([]any)
	if len(inner) == 0 {
		t.Errorf("%s is complex and has no sub-attributes", where)
	}
	for _, one := range inner {
		wholeAttribute(t, where, one.(map[string]any))
	}
}

// TestDiscoveryIsReadOnly: nothing there can be written, filtered or guessed.
func TestDiscoveryIsReadOnly(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{
		"/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/ResourceTypes/User", "/Schemas/" + coreUser,
	} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			a := h.refused(405, "", method, path, "{}")
			if !strings.Contains(a.header.Get("Allow"), "GET") {
				t.Errorf("%s %s: Allow is %q", method, path, a.header.Get("Allow"))
			}
		}
	}
	for _, path := range []string{"/ServiceProviderConfig", "/ResourceTypes", "/Schemas"} {
		h.refused(403, "", "GET", path+`?filter=id eq "User"`, "")
	}
	for _, path := range []string{"/Schemas/urn:nothing", "/ResourceTypes/Nothing", "/2d4f6b1c", "/Users2", "/Users/a/b", "/ServiceProviderConfig/x"} {
		h.refused(404, "", "GET", path, "")
	}
	for _, method := range []string{"TRACE", "PROPFIND", "OPTIONS"} {
		if a := h.do(method, "/Users", ""); a.status != 405 && a.status != 501 {
			t.Errorf("%s: got %d", method, a.status)
		}
	}
	if a := h.do("HEAD", "/Users", ""); a.status != http.StatusOK || len(a.body) != 0 {
		t.Errorf("HEAD: %d with %d bytes", a.status, len(a.body))
	}
}

// TestEveryAttribute has each attribute that the schemas list created, added,
// replaced and removed, as testers do that read the schemas first.
func TestEveryAttribute(t *testing.T) {
	h := newHouse(t)
	schemas := h.want(200, "GET", "/Schemas", "")
	boss := h.person("boss@example.com")
	eachResource(t, schemas, func(i int) {
		urn := schemas.text("Resources", i, "id")
		if urn == coreGroup {
			return // its one attribute that may change has tests of its own
		}
		prefix := ""
		if urn != coreUser {
			prefix = urn + ":"
		}
		attributes, _ := schemas.at("Resources", i, "attributes").([]any)
		for _, one := range attributes {
			attribute := one.(map[string]any)
			name := attribute["name"].(string)
			if attribute["mutability"] != "readWrite" || attribute["returned"] == "never" || name == "userName" || name == "schemas" || name == "externalId" {
				continue
			}
			t.Run(prefix+name, func(t *testing.T) {
				h := *h
				h.t = t
				everyWay(t, &h, urn, name, attribute, boss)
			})
		}
	})
}

func everyWay(t *testing.T, h *house, urn, name string, attribute map[string]any, boss string) {
	id := h.person(strings.ToLower(name) + "@example.com")
	path := "/Users/" + id
	full := name
	if urn != coreUser {
		full = urn + ":" + name
	}
	read := func() any {
		a := h.want(200, "GET", path, "")
		if urn != coreUser {
			return a.at(urn, name)
		}
		return a.at(name)
	}
	if name == "active" { // of which there is always one
		h.refused(400, "mutability", "PATCH", path, patch(operation("remove", full, nil)))
	} else {
		h.want(200, "PATCH", path, patch(operation("remove", full, nil)))
		if got := read(); got != nil {
			t.Errorf("removed, and still %v", got)
		}
	}
	for n, op := range []string{"add", "replace"} {
		value := sample(attribute, n, boss)
		h.want(200, "PATCH", path, patch(operation(op, full, value)))
		if err := matches(read(), value, map[string]string{}); err != nil {
			t.Errorf("%s %v: %v", op, value, err)
		}
	}
	// The same by PUT: what was read can be written back and changes nothing.
	before := h.want(200, "GET", path, "")
	after := h.want(200, "PUT", path, string(before.body))
	if before.text("meta", "version") != after.text("meta", "version") {
		t.Errorf("a PUT of what was read changed it:\n%s\n%s", before.body, after.body)
	}
}

func operation(op, path string, value any) string {
	o := map[string]any{"op": op, "path": path}
	if value != nil {
		o["value"] = value
	}
	return toJSON(o)
}

// sample makes a value of an attribute; n tells values apart.
func sample(attribute map[string]any, n int, boss string) any {
	switch attribute["type"] {
	case "boolean":
		return n%2 == 0
	case "complex":
		object := map[string]any{}
		for _, one := range attribute["subAttributes"].([]any) {
			inner := one.(map[string]any)
			if inner["mutability"] == "readWrite" && inner["name"] != "$ref" {
				object[inner["name"].(string)] = sample(inner, n, boss)
			}
		}
		if _, ok := object["primary"]; ok {
			object["primary"] = true
		}
		if attribute["name"] == "manager" {
			object["value"] = boss
			delete(object, "displayName")
		}
		if attribute["multiValued"] == true {
			object["type"] = []string{"work", "home"}[n]
			if n == 0 {
				return []any{object}
			}
			return []any{object, map[string]any{"type": "other", sampleKey(object): "another value"}}
		}
		return object
	case "reference":
		return fmt.Sprintf("https://example.com/%d", n)
	}
	if values, ok := attribute["canonicalValues"].([]any); ok && len(values) > n {
		return values[n]
	}
	return fmt.Sprintf("%v %d", attribute["name"], n)
}

func sampleKey(object map[string]any) string {
	if _, ok := object["value"]; ok {
		return "value"
	}
	return "formatted"
}
