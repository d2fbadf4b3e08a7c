package testidp

// Names of the attributes that carry session tags.
const (
	AccessControlPrefix  = "https://aws.amazon.com/SAML/Attributes/AccessControl:"
	PrincipalTagPrefix   = "https://aws.amazon.com/SAML/Attributes/PrincipalTag:"
	TransitiveTagKeys    = "https://aws.amazon.com/SAML/Attributes/TransitiveTagKeys"
	nameFormatURI        = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
	nameFormatBasic      = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
	formatEmail          = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
	formatPersistent     = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	formatTransient      = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
	passwordOverTLS      = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
	confirmedByBearer    = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	confirmedByKeyHolder = "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"
)

// Person is somebody whom the IDP vouches for.
type Person struct {
	ID         string // what Response.Person names
	Name       string
	Email      string // the NameID
	Groups     []string
	Attributes []Attribute // without groups
}

// Attribute is one attribute of an assertion.
type Attribute struct {
	Name   string
	Format string // NameFormat; "" is uri
	Values []string
}

// People are those whom the IDP knows: two with their tags in the form of AWS
// IAM Identity Center, one with those of AWS sign-in.
func People() []Person {
	return []Person{
		{
			ID: "ann", Name: "Ann Archer", Email: "ann@example.com",
			Groups: []string{"engineering", "on-call", "sallyport-admins"},
			Attributes: append(profile("Ann", "Archer", "ann@example.com"),
				Attribute{Name: AccessControlPrefix + "Department", Values: []string{"Engineering"}},
				Attribute{Name: AccessControlPrefix + "CostCenter", Values: []string{"4711"}},
				Attribute{Name: AccessControlPrefix + "Site", Values: []string{"Zürich / HQ"}},
			),
		},
		{
			ID: "ben", Name: "Ben Baker", Email: "ben@example.com",
			Groups: []string{"finance"},
			Attributes: append(profile("Ben", "Baker", "ben@example.com"),
				Attribute{Name: AccessControlPrefix + "Department", Values: []string{"Finance"}},
				Attribute{Name: AccessControlPrefix + "CostCenter", Values: []string{"0815"}},
			),
		},
		{
			ID: "chloe", Name: "Chloe Carter", Email: "chloe@example.com",
			Groups: []string{"engineering", "contractors"},
			Attributes: append(profile("Chloe", "Carter", "chloe@example.com"),
				Attribute{Name: PrincipalTagPrefix + "Department", Values: []string{"Engineering"}},
				Attribute{Name: PrincipalTagPrefix + "Project", Values: []string{"Drawbridge"}},
				Attribute{Name: TransitiveTagKeys, Values: []string{"Project"}},
			),
		},
	}
}

func profile(given, family, email string) []Attribute {
	const claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
	return []Attribute{
		{Name: claims + "givenname", Values: []string{given}},
		{Name: claims + "surname", Values: []string{family}},
		{Name: claims + "emailaddress", Values: []string{email}},
		{Name: "displayName", Format: nameFormatBasic, Values: []string{given + " " + family}},
	}
}

func personByID(id string) (Person, bool) {
	for _, p := range People() {
		if p.ID == id {
			return p, true
		}
	}
	return Person{}, false
}
