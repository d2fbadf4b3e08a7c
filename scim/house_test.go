package scim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/keyring"
	"sallyport/scim"
	"sallyport/store"
)

const (
	publicURL = "https://sp.example.com"
	baseURL   = publicURL + "/scim/v2"

	coreUser       = "urn:ietf:params:scim:schemas:core:2.0:User"
	coreGroup      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	errorMessage   = "urn:ietf:params:scim:api:messages:2.0:Error"
	listResponse   = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	patchOp        = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
)

// house is a SCIM server over a real database with the active connections
// "corp", whose token it holds, and "other".
type house struct {
	t         testing.TB
	db        *store.DB
	directory *directory.Directory
	server    *scim.Server
	handler   http.Handler
	far       *httptest.Server
	token     string
	logs      *bytes.Buffer
}

func sqliteURL(t testing.TB) string {
	return "sqlite://" + filepath.Join(t.TempDir(), "directory.db")
}

func newHouse(t testing.TB) *house {
	t.Helper()
	return newHouseOn(t, sqliteURL(t), directory.TokenOptions{})
}

func newHouseOn(t testing.TB, url string, o directory.TokenOptions) *house {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, url, store.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, db.Migrate(ctx))
	for _, slug := range []string{"corp", "other"} {
		must(t, db.CreateProvider(ctx, &idp.Provider{
			ID: uuid.Must(uuid.NewV7()).String(), Slug: slug, Name: slug, State: idp.Active,
			CreatedAt: time.Now(), UpdatedAt: time.Now(),
		}, audit.Event{}))
	}
	h := &house{t: t, db: db, logs: new(bytes.Buffer)}
	logger := slog.New(slog.NewJSONHandler(h.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	ring, err := keyring.New(bytes.Repeat([]byte{7}, 32))
	must(t, err)
	h.directory = directory.New(db, directory.Options{Logger: logger, Sealer: ring})
	h.server, err = scim.New(scim.Options{BaseURL: publicURL, Directory: h.directory, Logger: logger})
	must(t, err)
	h.handler = h.server.Handler()
	h.token = h.tokenOf("corp", o)
	return h
}

func (h *house) tokenOf(slug string, o directory.TokenOptions) string {
	h.t.Helper()
	secret, _, err := h.directory.MakeToken(context.Background(), slug, o, "test")
	must(h.t, err)
	return secret
}

// as is the same house seen by another robot.
func (h *house) as(token string) *house {
	other := *h
	other.token = token
	return &other
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	json   any // nil where the body is empty
}

// do asks for target below the base URL, over the wire. In target, blanks and
// quotes may stand as they are.
func (h *house) do(method, target, body string, header ...string) *answer {
	h.t.Helper()
	if h.far == nil {
		h.far = httptest.NewServer(h.handler)
		h.t.Cleanup(h.far.Close)
	}
	target = strings.NewReplacer(" ", "%20", `"`, "%22").Replace(target)
	r, err := http.NewRequest(method, h.far.URL+"/scim/v2"+target, strings.NewReader(body))
	must(h.t, err)
	if h.token != "" {
		r.Header.Set("Authorization", "Bearer "+h.token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/scim+json")
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	must(h.t, err)
	defer response.Body.Close()
	a := &answer{status: response.StatusCode, header: response.Header}
	a.body, err = io.ReadAll(response.Body)
	must(h.t, err)
	if len(a.body) > 0 {
		if err := json.Unmarshal(a.body, &a.json); err != nil {
			h.t.Errorf("%s %s: the answer %d is not JSON: %v\n%s", method, target, a.status, err, a.body)
		}
	}
	return a
}

// want is do that expects a status.
func (h *house) want(status int, method, target, body string, header ...string) *answer {
	h.t.Helper()
	a := h.do(method, target, body, header...)
	if a.status != status {
		h.t.Errorf("%s %s: got %d, want %d\n%s", method, target, a.status, status, a.body)
	}
	return a
}

// refused is want with an error, in the shape of RFC 7644 section 3.12.
func (h *house) refused(status int, scimType, method, target, body string, header ...string) *answer {
	h.t.Helper()
	a := h.want(status, method, target, body, header...)
	h.errorShape(a)
	if got := a.text("scimType"); got != scimType {
		h.t.Errorf("%s %s: scimType %q, want %q\n%s", method, target, got, scimType, a.body)
	}
	return a
}

func (h *house) errorShape(a *answer) {
	h.t.Helper()
	if a.text("status") != fmt.Sprint(a.status) || a.text("detail") == "" {
		h.t.Errorf("an error with status %d says %s", a.status, a.body)
	}
	if schemas, _ := a.at("schemas").([]any); len(schemas) != 1 || schemas[0] != errorMessage {
		h.t.Errorf("an error says schemas %v", a.at("schemas"))
	}
}

// at reads a value by a path of keys and indexes: "Resources", 0, "id".
func (a *answer) at(path ...any) any {
	v := a.json
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			l, _ := v.([]any)
			if step >= len(l) {
				return nil
			}
			v = l[step]
		}
	}
	return v
}

func (a *answer) text(path ...any) string {
	s, _ := a.at(path...).(string)
	return s
}

// ids are those of the resources of a list.
func (a *answer) ids() []string {
	var ids []string
	resources, _ := a.at("Resources").([]any)
	for i := range resources {
		ids = append(ids, a.text("Resources", i, "id"))
	}
	return ids
}

// person makes one and gives the id.
func (h *house) person(userName string) string {
	h.t.Helper()
	a := h.want(http.StatusCreated, "POST", "/Users", userJSON(userName))
	return a.text("id")
}

// group makes one and gives the id.
func (h *house) group(displayName string, members ...string) string {
	h.t.Helper()
	body := toJSON(map[string]any{"schemas": []string{coreGroup}, "displayName": displayName, "members": values(members)})
	return h.want(http.StatusCreated, "POST", "/Groups", body).text("id")
}

func values(ids []string) []any {
	list := []any{}
	for _, id := range ids {
		list = append(list, map[string]any{"value": id})
	}
	return list
}

// userJSON is a person as most robots send one.
func userJSON(userName string) string {
	given, _, _ := strings.Cut(userName, "@")
	return toJSON(map[string]any{
		"schemas": []string{coreUser, enterpriseUser}, "userName": userName, "externalId": "x-" + userName, "active": true,
		"displayName": given + " Example",
		"name":        map[string]any{"givenName": given, "familyName": "Example", "formatted": given + " Example"},
		"emails":      []any{map[string]any{"value": userName, "type": "work", "primary": true}},
		"title":       "Engineer", "locale": "en-GB", "timezone": "Europe/Berlin",
		enterpriseUser: map[string]any{"department": "Research", "employeeNumber": "4711"},
	})
}

// patch is the body of a PATCH with these operations, each a JSON text.
func patch(operations ...string) string {
	return `{"schemas":["` + patchOp + `"],"Operations":[` + strings.Join(operations, ",") + `]}`
}

func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
