package directory

// Attribute names one attribute that a Query can ask for, as RFC 7643 spells
// it, without its schema's URN; those of the enterprise extension begin with
// "enterprise.".
type Attribute string

// AttributeType says how an attribute is compared.
type AttributeType string

const (
	Text    AttributeType = "text"    // folded (Fold), by bytes
	Exact   AttributeType = "exact"   // text that keeps its case (caseExact): ids
	Boolean AttributeType = "boolean" // eq and ne only
	Instant AttributeType = "instant" // to the millisecond
)

// Attributes of single value whose names are needed elsewhere.
const (
	AttrID       Attribute = "id"
	AttrUserName Attribute = "userName"
	AttrActive   Attribute = "active"
)

// UserAttributes are those that a Query of users knows, in schema order; a
// name with a dot is a sub-attribute. "emails", "phoneNumbers", "addresses"
// and "groups" are multi-valued: they stand for their "value" in a Compare or
// Present ("addresses" for "addresses.formatted") and name an Element.
var UserAttributes = map[Attribute]AttributeType{
	"id": Exact, "externalId": Exact, "userName": Text, "active": Boolean,
	"meta.created": Instant, "meta.lastModified": Instant,
	"displayName": Text, "nickName": Text, "profileUrl": Exact, "title": Text, "userType": Text,
	"preferredLanguage": Text, "locale": Text, "timezone": Text,
	"name.formatted": Text, "name.familyName": Text, "name.givenName": Text, "name.middleName": Text,
	"name.honorificPrefix": Text, "name.honorificSuffix": Text,
	"emails.value": Text, "emails.type": Text, "emails.display": Text, "emails.primary": Boolean,
	"phoneNumbers.value": Text, "phoneNumbers.type": Text, "phoneNumbers.display": Text, "phoneNumbers.primary": Boolean,
	"addresses.formatted": Text, "addresses.streetAddress": Text, "addresses.locality": Text, "addresses.region": Text,
	"addresses.postalCode": Text, "addresses.country": Text, "addresses.type": Text, "addresses.primary": Boolean,
	"enterprise.employeeNumber": Text, "enterprise.costCenter": Text, "enterprise.organization": Text,
	"enterprise.division": Text, "enterprise.department": Text,
	"enterprise.manager.value": Exact, "enterprise.manager.displayName": Text,
	"groups.value": Exact,
}

// GroupAttributes are those that a Query of groups knows; "members" is
// multi-valued and stands for "members.value".
var GroupAttributes = map[Attribute]AttributeType{
	"id": Exact, "externalId": Exact, "displayName": Text,
	"meta.created": Instant, "meta.lastModified": Instant,
	"members.value": Exact, "members.type": Text,
}
