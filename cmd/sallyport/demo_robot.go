package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/testidp"
)

// Schemas of what the demo's robot sends.
const (
	userSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	enterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	groupSchema      = "urn:ietf:params:scim:schemas:core:2.0:Group"
)

// demoRobot provisions the test identity provider's people and groups, as the
// robot of a real one does: by HTTP, with a token.
type demoRobot struct {
	base, token string
	ben         string // ID of the person whom one is invited to put out
}

// provision lets the robot in and to work.
func (d *demo) provision(ctx context.Context, h *house) error {
	secret, _, err := h.people.MakeToken(ctx, idp.Default, directory.TokenOptions{}, actor)
	if err != nil {
		return err
	}
	d.robot = demoRobot{base: h.config.BaseURL + scimPath, token: secret}
	var names []string
	members := map[string][]map[string]string{}
	for _, p := range testidp.People() {
		id, err := d.robot.make(ctx, "/Users", demoUser(p))
		if err != nil {
			return err
		}
		if p.ID == "ben" {
			d.robot.ben = id
		}
		for _, g := range p.Groups {
			if !slices.Contains(names, g) {
				names = append(names, g)
			}
			members[g] = append(members[g], map[string]string{"value": id})
		}
	}
	for _, name := range names {
		if _, err := d.robot.make(ctx, "/Groups", map[string]any{"schemas": []string{groupSchema}, "displayName": name, "members": members[name]}); err != nil {
			return err
		}
	}
	return nil
}

func demoUser(p testidp.Person) map[string]any {
	given, family, _ := strings.Cut(p.Name, " ")
	user := map[string]any{
		"schemas": []string{userSchema, enterpriseSchema}, "externalId": p.ID, "userName": p.Email, "active": true, "displayName": p.Name,
		"name":   map[string]string{"givenName": given, "familyName": family},
		"emails": []map[string]any{{"type": "work", "primary": true, "value": p.Email}},
	}
	for _, a := range p.Attributes {
		if strings.HasSuffix(a.Name, ":Department") {
			user[enterpriseSchema] = map[string]string{"department": a.Values[0]}
		}
	}
	return user
}

// make creates a resource and gives its id.
func (r demoRobot) make(ctx context.Context, path string, resource any) (id string, err error) {
	body, err := json.Marshal(resource)
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.base+path, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+r.token)
	request.Header.Set("Content-Type", "application/scim+json")
	request.Header.Set("User-Agent", "Test identity provider")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusCreated {
		return "", fmt.Errorf("provision %s: status %d: %s", path, response.StatusCode, answer)
	}
	var made struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(answer, &made); err != nil {
		return "", fmt.Errorf("provision %s: %w", path, err)
	}
	return made.ID, nil
}
