package main

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"sallyport/config"
	"sallyport/directory"
	"sallyport/idp"
)

func TestServiceAnswersRobots(t *testing.T) {
	t.Parallel()
	r := serve(t, func(*config.Config) {})
	eventually(t, "ready", r.ready)
	secret, token, err := r.house.people.MakeToken(t.Context(), idp.Default, directory.TokenOptions{}, actor)
	if err != nil {
		t.Fatal(err)
	}
	const person = "ann.archer@example.com"
	for _, step := range []struct {
		method, path, token, body string
		want                      int
	}{
		{http.MethodGet, "/scim/v2/Users", "", "", http.StatusUnauthorized},
		{http.MethodGet, "/scim/v2/Users", secret + "x", "", http.StatusUnauthorized},
		{http.MethodPost, "/scim/v2/Users", secret, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"` + person + `","name":{"givenName":"Ann","familyName":"Archer"}}`, http.StatusCreated},
		{http.MethodGet, "/scim/v2//Users/", secret, "", http.StatusOK}, // a base URL with a slash at its end, and no redirect
		{http.MethodGet, "/scim/v2/Nothing", secret, "", http.StatusNotFound},
		{http.MethodGet, "/scim/v2", secret, "", http.StatusNotFound},
	} {
		status, contentType, body := r.scim(t, step.method, step.path, step.token, step.body)
		if status != step.want || !strings.HasPrefix(contentType, "application/scim+json") || !json.Valid([]byte(body)) {
			t.Errorf("%s %s: status %d, want %d; %s: %s", step.method, step.path, status, step.want, contentType, body)
		}
	}
	if status, contentType, _ := r.scim(t, http.MethodGet, "/scim/v2x", secret, ""); status != http.StatusNotFound || !strings.HasPrefix(contentType, "text/html") {
		t.Errorf("what only begins like it: status %d, %s", status, contentType)
	}

	var metrics string
	eventually(t, "all requests are counted", func() bool {
		_, metrics = get(http.DefaultClient, "http://"+r.config.Metrics.Listen+"/metrics")
		return strings.Contains(metrics, `status="401"} 2`)
	})
	for _, line := range []string{
		`sallyport_scim_requests_total{route="`,
		`sallyport_scim_token_expiry_seconds{idp="default",token="` + token.ID + `"}`,
		`sallyport_provisioning_held{idp="default"} 0`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("/metrics lacks %s", line)
		}
	}
	eventually(t, "the provisioning log has it", func() bool {
		records, err := r.house.people.Records(t.Context(), directory.RecordFilter{Person: person})
		return err == nil && slices.ContainsFunc(records, func(r *directory.Record) bool { return r.Status == http.StatusCreated })
	})
	r.stop()
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
	for _, private := range []string{secret, person, "Archer"} {
		if strings.Contains(metrics, private) || strings.Contains(r.said.String(), private) {
			t.Errorf("%q stands in metrics or logs", private)
		}
	}
	if !strings.Contains(r.said.String(), "/Users") {
		t.Errorf("no line about requests of robots: %s", r.said)
	}
}

// What came just before the service was told to stop is in the log too.
func TestServiceKeepsTheProvisioningLogWhenItStops(t *testing.T) {
	t.Parallel()
	r := serve(t, func(*config.Config) {})
	eventually(t, "ready", r.ready)
	secret, _, err := r.house.people.MakeToken(t.Context(), idp.Default, directory.TokenOptions{}, actor)
	if err != nil {
		t.Fatal(err)
	}
	const asked = 50
	for range asked {
		r.scim(t, http.MethodGet, "/scim/v2/Users", secret, "")
	}
	r.stop()
	if err := <-r.ended; err != nil {
		t.Error(err)
	}
	c := *r.config
	h, err := openHouse(t.Context(), &c, r.logger, build{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if records, err := h.people.Records(t.Context(), directory.RecordFilter{Limit: 2 * asked}); err != nil || len(records) != asked {
		t.Errorf("%d records, %v; want %d", len(records), err, asked)
	}
}

func (r *running) scim(t *testing.T, method, path, token, body string) (status int, contentType, answer string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, r.config.BaseURL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/scim+json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.Header.Get("X-Request-Id") == "" {
		t.Errorf("%s %s: the answer has no number", method, path)
	}
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("Content-Type"), string(raw)
}
