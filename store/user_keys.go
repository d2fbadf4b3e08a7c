package store

import "sallyport/directory"

// A person's keys are one row of user_keys, in the order of keyColumns. Every
// act that writes a row of users writes them too.
const keyColumns = `idp, active, created_at, updated_at, user_name, external_id, display_name, nick_name, profile_url,
	title, user_type, preferred_language, locale, timezone, name_formatted, family_name, given_name, middle_name,
	honorific_prefix, honorific_suffix, employee_number, cost_center, organization, division, department, manager,
	manager_name`

const (
	insertKeysRow = "INSERT INTO user_keys (user_id, " + keyColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
		$11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)`

	updateKeysRow = "UPDATE user_keys SET (" + keyColumns + `) = ($2, $3, $4, $5, $6, $7, $8, $9, $10,
		$11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28) WHERE user_id = $1`
)

func insertKeys(t tx, u *directory.User) error {
	if _, err := t.exec(insertKeysRow, keysOf(u)...); err != nil {
		return err
	}
	return insertValues(t, u.ID, valuesOf(u))
}

// updateKeys writes the keys of u, which was before.
func updateKeys(t tx, before, u *directory.User) error {
	if _, err := t.exec(updateKeysRow, keysOf(u)...); err != nil {
		return err
	}
	return updateValues(t, u.ID, valuesOf(before), valuesOf(u))
}

func deleteKeys(t tx, userID string) error {
	if _, err := t.exec("DELETE FROM user_keys WHERE user_id = $1", userID); err != nil {
		return err
	}
	_, err := t.exec("DELETE FROM user_values WHERE user_id = $1", userID)
	return err
}

// keysOf gives the arguments of both statements.
func keysOf(u *directory.User) []any {
	p := &u.Profile
	return []any{
		u.ID, u.IDP, u.Active, millis(u.CreatedAt), millis(u.UpdatedAt), folded(u.UserName), exact(u.ExternalID),
		folded(p.DisplayName), folded(p.NickName), exact(p.ProfileURL), folded(p.Title), folded(p.UserType),
		folded(p.PreferredLanguage), folded(p.Locale), folded(p.Timezone), folded(p.Name.Formatted),
		folded(p.Name.FamilyName), folded(p.Name.GivenName), folded(p.Name.MiddleName), folded(p.Name.HonorificPrefix),
		folded(p.Name.HonorificSuffix), folded(p.Enterprise.EmployeeNumber), folded(p.Enterprise.CostCenter),
		folded(p.Enterprise.Organization), folded(p.Enterprise.Division), folded(p.Enterprise.Department),
		exact(p.Enterprise.Manager.Value), folded(p.Enterprise.Manager.DisplayName),
	}
}

// folded is the key of text whose case does not count.
func folded(text string) any { return exact(directory.Fold(text)) }

// longestKey is as long as an index of PostgreSQL bears with ease. Provisioning
// takes no longer values; of what came by other ways the beginning is the key.
const longestKey = 1000

// exact is the key of text whose case counts: its bytes, or NULL.
func exact(text string) any {
	if text == "" {
		return nil
	}
	return []byte(text[:min(len(text), longestKey)])
}
