package scim

// The two resource types, as /Schemas and /ResourceTypes describe them, and as
// everything here resolves names.
var (
	userType = (&resourceType{
		Name: "User", Endpoint: "/Users", Schema: userSchema, Extensions: []string{enterpriseSchema},
		Attributes: append(append(common(),
			under("", userAttributes())...),
			&attribute{
				Name: enterpriseSchema, Type: complexType, Path: enterpriseName,
				Description: "What a company keeps of its people.",
				Sub:         under(enterpriseName, enterpriseAttributes()),
			}),
	}).index()

	groupType = (&resourceType{
		Name: "Group", Endpoint: "/Groups", Schema: groupSchema,
		Attributes: append(common(), under("", groupAttributes())...),
	}).index()
)

// common are the attributes of every resource (RFC 7643 section 3.1). They
// stand in no schema's document.
func common() []*attribute {
	return under("", []*attribute{
		{Name: "schemas", Type: referenceType, MultiValued: true, CaseExact: true, Always: true},
		{Name: "id", Type: textType, CaseExact: true, ReadOnly: true, Always: true, Unique: true},
		{Name: "externalId", Type: textType, CaseExact: true},
		{Name: "meta", Type: complexType, ReadOnly: true, Sub: []*attribute{
			{Name: "resourceType", Type: textType, CaseExact: true, ReadOnly: true},
			{Name: "created", Type: instantType, ReadOnly: true},
			{Name: "lastModified", Type: instantType, ReadOnly: true},
			{Name: "location", Type: referenceType, CaseExact: true, ReadOnly: true},
			{Name: "version", Type: textType, CaseExact: true, ReadOnly: true},
		}},
	})
}

func userAttributes() []*attribute {
	return []*attribute{
		{Name: "userName", Type: textType, Required: true, Unique: true, Description: "What the person signs in by: the NameID of the identity provider's assertion. Unique whatever its case."},
		{Name: "name", Type: complexType, Description: "The parts of the person's name.", Sub: []*attribute{
			text("formatted", "The whole name, as it is written."),
			text("familyName", "The family name."),
			text("givenName", "The given name."),
			text("middleName", "The middle names."),
			text("honorificPrefix", "What stands before the name, such as Dr."),
			text("honorificSuffix", "What stands behind the name, such as III."),
		}},
		text("displayName", "The name that is shown to others."),
		text("nickName", "What the person is called in everyday talk."),
		{Name: "profileUrl", Type: referenceType, CaseExact: true, References: []string{"external"}, Description: "A page about the person."},
		text("title", "The person's position, such as Vice President."),
		text("userType", "How the person belongs to the company, such as Employee."),
		text("preferredLanguage", "The language that the person reads best, as in Accept-Language."),
		text("locale", "Where the person is at home, such as en-US."),
		text("timezone", "The person's time zone, such as Europe/Paris."),
		{Name: "active", Type: booleanType, Description: "Whether the person may sign in. When it becomes false, their sessions end at once."},
		{Name: "emails", Type: complexType, MultiValued: true, Description: "E-mail addresses.", Sub: valueAttributes("The address.", "work", "home", "other")},
		{Name: "phoneNumbers", Type: complexType, MultiValued: true, Description: "Phone numbers.", Sub: valueAttributes("The number.", "work", "home", "mobile", "fax", "pager", "other")},
		{Name: "addresses", Type: complexType, MultiValued: true, Description: "Postal addresses.", Sub: []*attribute{
			text("formatted", "The whole address, as it is written."),
			text("streetAddress", "Street and number."),
			text("locality", "The city."),
			text("region", "The state or region."),
			text("postalCode", "The postal code."),
			text("country", "The country."),
			{Name: "type", Type: textType, Canonical: []string{"work", "home", "other"}, Description: "What it is for."},
			{Name: "primary", Type: booleanType, Description: "Whether it is the one to use first."},
		}},
		{Name: "groups", Type: complexType, MultiValued: true, ReadOnly: true, Description: "The groups that the person is in, by way of other groups too.", Sub: []*attribute{
			{Name: "value", Type: textType, CaseExact: true, ReadOnly: true, Description: "The id of the group."},
			{Name: "$ref", Type: referenceType, CaseExact: true, ReadOnly: true, References: []string{"Group"}, Description: "The address of the group."},
			{Name: "display", Type: textType, ReadOnly: true, Description: "The name of the group."},
			{Name: "type", Type: textType, ReadOnly: true, Canonical: []string{"direct", "indirect"}, Description: "Whether the person is in it directly."},
		}},
	}
}

func enterpriseAttributes() []*attribute {
	return []*attribute{
		text("employeeNumber", "The number that the company knows the person by."),
		text("costCenter", "The cost centre."),
		text("organization", "The organisation."),
		text("division", "The division."),
		text("department", "The department."),
		{Name: "manager", Type: complexType, Description: "The person's manager.", Sub: []*attribute{
			{Name: "value", Type: textType, CaseExact: true, Description: "The id of the manager."},
			{Name: "$ref", Type: referenceType, CaseExact: true, ReadOnly: true, References: []string{"User"}, Description: "The address of the manager."},
			text("displayName", "The manager's name."),
		}},
	}
}

func groupAttributes() []*attribute {
	return []*attribute{
		{Name: "displayName", Type: textType, Required: true, Unique: true, Description: "The name of the group. Unique among the groups of one connection, whatever its case."},
		{Name: "members", Type: complexType, MultiValued: true, Description: "The people and groups in it.", Sub: []*attribute{
			{Name: "value", Type: textType, CaseExact: true, Description: "The id of the member."},
			{Name: "$ref", Type: referenceType, CaseExact: true, ReadOnly: true, References: []string{"User", "Group"}, Description: "The address of the member."},
			{Name: "type", Type: textType, ReadOnly: true, Canonical: []string{"User", "Group"}, Description: "What the member is."},
			{Name: "display", Type: textType, ReadOnly: true, Description: "The name of the member."},
		}},
	}
}

func valueAttributes(value string, kinds ...string) []*attribute {
	return []*attribute{
		text("value", value),
		text("display", "How it is shown."),
		{Name: "type", Type: textType, Canonical: kinds, Description: "What it is for."},
		{Name: "primary", Type: booleanType, Description: "Whether it is the one to use first."},
	}
}

func text(name, description string) *attribute {
	return &attribute{Name: name, Type: textType, Description: description}
}
