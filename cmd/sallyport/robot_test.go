package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// robot is an identity provider's provisioning.
type robot struct {
	t           *testing.T
	base, token string
}

// ask makes one request and gives the answer's JSON; want 0 is any success.
func (r robot) ask(method, path, body string, want int) map[string]any {
	r.t.Helper()
	status, answer := r.send(method, path, body)
	if status != want && (want != 0 || status < 200 || status > 299) {
		r.t.Fatalf("%s %s: status %d, want %d: %v", method, path, status, want, answer)
	}
	return answer
}

func (r robot) send(method, path, body string) (int, map[string]any) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, r.base+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+r.token)
	if body != "" {
		request.Header.Set("Content-Type", "application/scim+json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	if len(raw) == 0 {
		return response.StatusCode, nil
	}
	var answer map[string]any
	if err := json.Unmarshal(raw, &answer); err != nil {
		r.t.Fatalf("%s %s: status %d: %v: %s", method, path, response.StatusCode, err, raw)
	}
	return response.StatusCode, answer
}

// patch is the body of a PATCH.
func patch(operations ...string) string {
	return `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + strings.Join(operations, ",") + `]}`
}
