package store

import (
	"strings"

	"sallyport/directory"
)

// resource says where the attributes of users or of groups are found.
type resource struct {
	rows     string // narrow rows that conditions are about
	id, idp  string // their columns
	scopes   int    // how many values of idp a connection's robot sees
	table    string // what is given, as t
	selected string // of t
	types    map[directory.Attribute]directory.AttributeType
	columns  map[directory.Attribute]column
	lists    map[directory.Attribute]*list
}

// column is an attribute of single value, or a sub-attribute of an element.
type column struct {
	text string
	null bool // it may have no value
	hot  bool // it has an index
	id   bool // text that is an ID; all other texts are bytes
	kind bool // whether a member is a group: compared as "User" and "Group"
}

// list is a multi-valued attribute.
type list struct {
	itself   directory.Attribute                        // the sub-attribute that it stands for
	elements func(c *compiler) string                   // those of one row: FROM ... WHERE ..., as v
	owners   func(c *compiler, condition string) string // SELECT ... AS id: of the rows with an element that meets condition
	columns  map[directory.Attribute]column
	sorts    bool // by its primary or first element
}

var userResource = &resource{
	rows: "user_keys k", id: "k.user_id", idp: "k.idp", scopes: 2,
	table: "users t", selected: prefixed(userColumns), types: directory.UserAttributes,
	columns: map[directory.Attribute]column{
		"id":                             {text: "k.user_id", hot: true, id: true},
		"externalId":                     {text: "k.external_id", null: true, hot: true},
		"userName":                       {text: "k.user_name", hot: true},
		"active":                         {text: "k.active"},
		"meta.created":                   {text: "k.created_at"},
		"meta.lastModified":              {text: "k.updated_at", hot: true},
		"displayName":                    {text: "k.display_name", null: true, hot: true},
		"nickName":                       {text: "k.nick_name", null: true},
		"profileUrl":                     {text: "k.profile_url", null: true},
		"title":                          {text: "k.title", null: true},
		"userType":                       {text: "k.user_type", null: true},
		"preferredLanguage":              {text: "k.preferred_language", null: true},
		"locale":                         {text: "k.locale", null: true},
		"timezone":                       {text: "k.timezone", null: true},
		"name.formatted":                 {text: "k.name_formatted", null: true},
		"name.familyName":                {text: "k.family_name", null: true, hot: true},
		"name.givenName":                 {text: "k.given_name", null: true},
		"name.middleName":                {text: "k.middle_name", null: true},
		"name.honorificPrefix":           {text: "k.honorific_prefix", null: true},
		"name.honorificSuffix":           {text: "k.honorific_suffix", null: true},
		"enterprise.employeeNumber":      {text: "k.employee_number", null: true, hot: true},
		"enterprise.costCenter":          {text: "k.cost_center", null: true},
		"enterprise.organization":        {text: "k.organization", null: true},
		"enterprise.division":            {text: "k.division", null: true},
		"enterprise.department":          {text: "k.department", null: true, hot: true},
		"enterprise.manager.value":       {text: "k.manager", null: true, hot: true},
		"enterprise.manager.displayName": {text: "k.manager_name", null: true},
	},
	lists: map[directory.Attribute]*list{
		"emails":       elementsOf("emails", "value", multiValue),
		"phoneNumbers": elementsOf("phoneNumbers", "value", multiValue),
		"addresses": elementsOf("addresses", "formatted", map[string]string{
			"formatted": "value", "type": "kind", "primary": "is_primary", "streetAddress": "street_address",
			"locality": "locality", "region": "region", "postalCode": "postal_code", "country": "country",
		}),
		"groups": {
			itself:   "groups.value",
			elements: groupsAbove,
			owners:   membersBelow,
			columns:  map[directory.Attribute]column{"groups.value": {text: "v.id", hot: true, id: true}},
		},
	},
}

var multiValue = map[string]string{"value": "value", "type": "kind", "display": "display", "primary": "is_primary"}

var groupResource = &resource{
	rows: "groups k", id: "k.id", idp: "k.idp", scopes: 1,
	table: "groups t", selected: prefixed(groupColumns), types: directory.GroupAttributes,
	columns: map[directory.Attribute]column{
		"id":                {text: "k.id", hot: true, id: true},
		"externalId":        {text: "k.external_key", null: true, hot: true},
		"displayName":       {text: "k.name_key", hot: true},
		"meta.created":      {text: "k.created_at"},
		"meta.lastModified": {text: "k.updated_at", hot: true},
	},
	lists: map[directory.Attribute]*list{
		"members": {
			itself:   "members.value",
			elements: func(*compiler) string { return "FROM group_members v WHERE v.group_id = k.id" },
			owners: func(_ *compiler, condition string) string {
				return "SELECT v.group_id AS id FROM group_members v WHERE " + condition
			},
			columns: map[directory.Attribute]column{
				"members.value": {text: "v.member_id", hot: true, id: true},
				"members.type":  {text: "v.is_group", kind: true},
			},
		},
	},
}

// elementsOf is a list that user_values keeps; subs names its columns.
func elementsOf(attribute, itself string, subs map[string]string) *list {
	kept := "FROM user_values v WHERE v.attribute = '" + attribute + "'"
	l := &list{
		itself:   directory.Attribute(attribute + "." + itself),
		elements: func(*compiler) string { return kept + " AND v.user_id = k.user_id" },
		owners: func(_ *compiler, condition string) string {
			return "SELECT v.user_id AS id " + kept + " AND " + condition
		},
		columns: map[directory.Attribute]column{},
		sorts:   true,
	}
	for sub, name := range subs {
		l.columns[directory.Attribute(attribute+"."+sub)] = column{
			text: "v." + name, null: name != "is_primary", hot: name == "value",
		}
	}
	return l
}

// groupsAbove are the groups in scope that a person is in, through others too.
func groupsAbove(c *compiler) string {
	return `FROM (WITH RECURSIVE up (id) AS (
			SELECT m.group_id FROM group_members m WHERE m.member_id = k.user_id
			UNION SELECT m.group_id FROM group_members m JOIN up ON m.member_id = up.id WHERE m.is_group = TRUE
		) SELECT g.id FROM up JOIN groups g ON g.id = up.id WHERE ` + c.seenGroup("g") + ") v WHERE TRUE"
}

// membersBelow goes the same ways from the other end.
func membersBelow(c *compiler, condition string) string {
	return `WITH RECURSIVE down (id) AS (
			SELECT v.id FROM groups v WHERE ` + c.seenGroup("v") + " AND " + condition + `
			UNION SELECT m.member_id FROM group_members m JOIN down ON m.group_id = down.id WHERE m.is_group = TRUE
		) SELECT m.member_id AS id FROM group_members m JOIN down ON m.group_id = down.id WHERE m.is_group = FALSE`
}

// prefixed gives the columns of t.
func prefixed(columns string) string { return "t." + strings.ReplaceAll(columns, ", ", ", t.") }
