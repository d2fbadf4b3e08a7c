package store

import (
	"slices"

	"sallyport/directory"
)

// element is one element of a multi-valued attribute, as user_values keeps it.
type element struct {
	attribute string
	position  int
	primary   bool
	keys      [8]string // folded; value, kind, display, street_address, locality, region, postal_code, country
}

const insertValue = `INSERT INTO user_values (user_id, attribute, position, is_primary, value, kind, display, street_address,
	locality, region, postal_code, country) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`

func insertValues(t tx, userID string, all []element) error {
	for _, e := range all {
		args := []any{userID, e.attribute, e.position, e.primary}
		for _, key := range e.keys {
			args = append(args, exact(key))
		}
		if _, err := t.exec(insertValue, args...); err != nil {
			return err
		}
	}
	return nil
}

// updateValues leaves alone what did not change, which is mostly everything.
func updateValues(t tx, userID string, before, after []element) error {
	if slices.Equal(before, after) {
		return nil
	}
	if _, err := t.exec("DELETE FROM user_values WHERE user_id = $1", userID); err != nil {
		return err
	}
	return insertValues(t, userID, after)
}

func valuesOf(u *directory.User) []element {
	p := &u.Profile
	all := make([]element, 0, len(p.Emails)+len(p.PhoneNumbers)+len(p.Addresses))
	for _, list := range []struct {
		attribute string
		of        []directory.MultiValue
	}{{"emails", p.Emails}, {"phoneNumbers", p.PhoneNumbers}} {
		for i, v := range list.of {
			all = append(all, element{list.attribute, i, v.Primary, foldedAll(v.Value, v.Type, v.Display)})
		}
	}
	for i, a := range p.Addresses {
		all = append(all, element{"addresses", i, a.Primary, foldedAll(a.Formatted, a.Type, "", a.StreetAddress,
			a.Locality, a.Region, a.PostalCode, a.Country)})
	}
	return all
}

func foldedAll(texts ...string) (keys [8]string) {
	for i, text := range texts {
		keys[i] = directory.Fold(text)
	}
	return keys
}
