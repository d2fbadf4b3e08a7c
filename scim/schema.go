package scim

import (
	"strings"

	"sallyport/directory"
)

// URNs of the schemas and messages that this server speaks.
const (
	userSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

	messageURN     = "urn:ietf:params:scim:api:messages:2.0:"
	errorSchema    = messageURN + "Error"
	listSchema     = messageURN + "ListResponse"
	patchSchema    = messageURN + "PatchOp"
	searchSchema   = messageURN + "SearchRequest"
	bulkRequest    = messageURN + "BulkRequest"
	bulkResponse   = messageURN + "BulkResponse"
	configSchema   = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	typeSchema     = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	schemaSchema   = "urn:ietf:params:scim:schemas:core:2.0:Schema"
	enterpriseName = "enterprise" // what directory.Attribute calls the extension
)

// resourceType is one kind of resource (RFC 7643 section 6): userType or
// groupType. Nothing changes it after start.
type resourceType struct {
	Name       string // "User"
	Endpoint   string // "/Users"
	Schema     string // URN of its own schema
	Extensions []string
	Attributes []*attribute // of the first level: common ones, those of Schema, then each extension as one complex attribute

	byName map[string]*attribute // what resolve finds, by lower-cased name
}

// attribute is one attribute or sub-attribute (RFC 7643 section 2).
type attribute struct {
	Name        string // as it is spelt in JSON; an extension's is its URN
	Type        attributeType
	MultiValued bool
	Required    bool
	CaseExact   bool
	ReadOnly    bool // what a client says of it is ignored
	Always      bool // returned "always": no projection leaves it out
	Unique      bool // "server"
	Canonical   []string
	References  []string
	Description string
	Sub         []*attribute

	// Path is what the directory calls it ("emails.type",
	// "enterprise.manager.value"), of a complex one too ("name",
	// "enterprise.manager"). Whether it can stand in a filter is what
	// directory.UserAttributes and GroupAttributes say of that name; "" can not.
	Path   directory.Attribute
	Parent *attribute // nil: first level
	bit    int        // its place in a projection
}

type attributeType string

const (
	textType      attributeType = "string"
	booleanType   attributeType = "boolean"
	instantType   attributeType = "dateTime"
	referenceType attributeType = "reference"
	complexType   attributeType = "complex"
)

// resolve finds the attribute that a client names: in any case of letters,
// with its schema's URN before it or without, with a sub-attribute behind it
// or without ("userName", "Name.FamilyName", "urn:...:User:emails.value"). An
// extension's URN alone names the extension, and its attributes are found
// without it too, as robots write them ("manager", "department"). nil: there
// is no such attribute.
func (t *resourceType) resolve(name string) *attribute {
	if a, ok := t.byName[name]; ok {
		return a
	}
	return t.byName[strings.ToLower(name)]
}

// sub finds a sub-attribute of a, in any case of letters; nil: none.
func (a *attribute) sub(name string) *attribute {
	for _, s := range a.Sub {
		if strings.EqualFold(s.Name, name) {
			return s
		}
	}
	return nil
}

// keeps reports how the directory compares attributes of that path in a
// filter; false: it cannot.
func (t *resourceType) keeps(path directory.Attribute) (directory.AttributeType, bool) {
	known := directory.UserAttributes
	if t == groupType {
		known = directory.GroupAttributes
	}
	kind, ok := known[path]
	return kind, ok
}

// index makes what resolve looks in, and numbers the attributes.
func (t *resourceType) index() *resourceType {
	t.byName = map[string]*attribute{}
	bit := 0
	var add func(a *attribute, names []string)
	add = func(a *attribute, names []string) {
		a.bit = bit
		bit++
		for _, n := range names {
			t.byName[n] = a
			t.byName[strings.ToLower(n)] = a
		}
		for _, s := range a.Sub {
			s.Parent = a
			var below []string
			for _, n := range names {
				below = append(below, n+"."+s.Name)
			}
			add(s, below)
		}
	}
	for _, a := range t.Attributes {
		if !strings.HasPrefix(a.Name, "urn:") {
			add(a, []string{a.Name, t.Schema + ":" + a.Name})
			continue
		}
		a.bit = bit
		bit++
		t.byName[a.Name], t.byName[strings.ToLower(a.Name)] = a, a
		for _, s := range a.Sub {
			s.Parent = a
			// The dotted form is what a pathless PATCH of a robot may hold.
			add(s, []string{s.Name, a.Name + ":" + s.Name, a.Name + "." + s.Name})
		}
	}
	return t
}

// under gives first and all that lie below it their directory paths.
func under(prefix directory.Attribute, attributes []*attribute) []*attribute {
	for _, a := range attributes {
		path := directory.Attribute(a.Name)
		if prefix != "" {
			path = prefix + "." + path
		}
		a.Path = path
		under(path, a.Sub)
	}
	return attributes
}
