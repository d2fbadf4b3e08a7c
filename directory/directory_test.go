package directory_test

import (
	"testing"

	"pgregory.net/rapid"

	"sallyport/directory"
)

func TestFoldJoinsWhatPeopleTakeForTheSame(t *testing.T) {
	for _, tc := range []struct{ a, b string }{
		{"Alice@Example.ORG", "alice@example.org"},
		{"J\u00dcRGEN@example.org", "ju\u0308rgen@example.org"},
		{"Stra\u00dfe", "STRASSE"},
		{"\uff21lice", "alice"},
		{"\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u03c3\u03af\u03c3\u03c5\u03c6\u03bf\u03c3"},
	} {
		if directory.Fold(tc.a) != directory.Fold(tc.b) {
			t.Errorf("Fold(%q) = %q, Fold(%q) = %q: want the same", tc.a, directory.Fold(tc.a), tc.b, directory.Fold(tc.b))
		}
	}
}

func TestFoldKeepsDifferentPeopleApart(t *testing.T) {
	for _, tc := range []struct{ a, b string }{
		{"alice@example.org", " alice@example.org"},
		{"alice@example.org", "\u0430lice@example.org"}, // Cyrillic a
		{"i@example.org", "\u0131@example.org"},         // dotless i
	} {
		if directory.Fold(tc.a) == directory.Fold(tc.b) {
			t.Errorf("Fold(%q) = Fold(%q)", tc.a, tc.b)
		}
	}
}

func TestFoldIsIdempotent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := directory.Fold(rapid.String().Draw(t, "userName"))
		if twice := directory.Fold(once); twice != once {
			t.Fatalf("Fold(%q) = %q", once, twice)
		}
	})
}

func TestValueReadsEveryPath(t *testing.T) {
	u := &directory.User{
		UserName: "userName",
		Profile: directory.Profile{
			DisplayName: "displayName",
			Name:        directory.Name{FamilyName: "name.familyName", GivenName: "name.givenName"},
			NickName:    "nickName",
			Title:       "title",
			UserType:    "userType",
			Locale:      "locale",
			Timezone:    "timezone",
			Emails: []directory.MultiValue{
				{Value: "other", Type: "work"},
				{Value: "emails[primary eq true].value", Primary: true},
			},
			PhoneNumbers: []directory.MultiValue{
				{Value: "other", Type: "mobile", Primary: true},
				{Value: `phoneNumbers[type eq "work"].value`, Type: "Work"},
			},
			Addresses: []directory.Address{
				{Type: "home", Locality: "other", Primary: true},
				{
					Type:          "work",
					StreetAddress: `addresses[type eq "work"].streetAddress`,
					Locality:      `addresses[type eq "work"].locality`,
					Region:        `addresses[type eq "work"].region`,
					PostalCode:    `addresses[type eq "work"].postalCode`,
					Country:       `addresses[type eq "work"].country`,
					Formatted:     `addresses[type eq "work"].formatted`,
				},
			},
			Enterprise: directory.Enterprise{
				EmployeeNumber: "enterprise.employeeNumber",
				CostCenter:     "enterprise.costCenter",
				Organization:   "enterprise.organization",
				Division:       "enterprise.division",
				Department:     "enterprise.department",
				Manager:        directory.Manager{Value: "enterprise.manager.value"},
			},
		},
	}
	if len(directory.Paths) != 23 {
		t.Errorf("%d paths, want 23", len(directory.Paths))
	}
	for _, path := range directory.Paths {
		got, ok := u.Value(path)
		if want := path[len("${path:") : len(path)-1]; !ok || got != want {
			t.Errorf("Value(%s) = %q, %v", path, got, ok)
		}
		if got, ok := new(directory.User).Value(path); ok {
			t.Errorf("Value(%s) of an empty user = %q", path, got)
		}
		if !directory.KnownPath(path) {
			t.Errorf("KnownPath(%s) = false", path)
		}
	}
	for _, path := range []string{"", "userName", "${path:password}", "${path:USERNAME}", "${user:email}"} {
		if got, ok := u.Value(path); ok {
			t.Errorf("Value(%q) = %q", path, got)
		}
	}
}
