// Package archtest holds the plan of the house as data and its tests hold the
// code against it: who may import whom, which library has one importer, which
// calls never happen, and how long a file may grow.
package archtest

// Module is the path of this module.
const Module = "sallyport"

// ground is what every room may import.
var ground = []string{"audit", "internal/fault"}

// rooms are the packages that edges import.
var rooms = []string{"access", "directory", "idp", "session"}

// Imports is the dependency table: for each package, which packages of ours
// its code outside tests may import. cmd/sallyport imports everything. A
// package that is missing here fails the test: add its row, with a decision.
var Imports = map[string][]string{
	"saml":           {},
	"audit":          {},
	"config":         {},
	"internal/fault": {},
	"directory":      ground,
	"idp":            join(ground, "saml", "internal/keyring"),
	"access":         join(ground, "directory"),
	"session":        join(ground, "saml", "idp", "directory"),
	"store":          join(ground, join(rooms, "saml")...),
	"web":            join(ground, join(rooms, "saml", "internal/reqctx", "web/ui", "web/admin")...),
	"web/admin":      join(ground, join(rooms, "saml", "internal/reqctx", "internal/snippet", "web/ui")...),
	"web/ui":         join(ground, join(rooms, "saml")...),
	"webhook":        ground,
	"scim":           join(ground, "directory", "internal/reqctx"),
	"gateway":        join(ground, "session", "access", "directory", "internal/reqctx"),
	"gateway/doctor": {"access"}, // names of headers: it looks from outside

	"examples": {}, // what stands in front of applications; its tests run it

	"internal/archtest":     {},
	"internal/chromiumtest": {},
	"internal/htmlcheck":    {},
	"internal/keyring":      {},
	"internal/pgtest":       {},
	"internal/reqctx":       {},
	"internal/snippet":      {"access", "internal/fault"}, // text: header names of the presets
	"internal/storetest":    join(ground, join(rooms, "saml", "store")...),
	"internal/testidp":      {"saml"}, // the names of the refusals that its misbehaviours deserve, no code
}

// Crossroads may import everything of ours.
const Crossroads = "cmd/sallyport"

// SoleImporters maps a library to the only package whose code outside tests
// may import it or what lies below it.
var SoleImporters = map[string]string{
	"github.com/crewjam/saml":             "saml",
	"github.com/beevik/etree":             "saml",
	"github.com/russellhaering/goxmldsig": "saml",
	"github.com/gorilla/sessions":         "session",
	"github.com/spf13/viper":              "config",
	"github.com/cedar-policy/cedar-go":    "access",
	"github.com/go-jose/go-jose/v4":       "gateway",
	"github.com/spf13/cobra":              "cmd/sallyport",
	"modernc.org/sqlite":                  "store",
	"github.com/jackc/pgx/v5":             "store",
	"github.com/pressly/goose/v3":         "store",
	"github.com/prometheus/client_golang": "cmd/sallyport",
	"database/sql":                        "store",
}

// TestOnly are packages that only tests import, and who may import them
// otherwise.
var TestOnly = map[string][]string{
	"internal/testidp":      {Crossroads}, // the demo
	"internal/storetest":    nil,
	"internal/pgtest":       nil,
	"internal/chromiumtest": nil,
	"internal/htmlcheck":    nil,
	"internal/archtest":     nil,
}

// ForbiddenNames say nothing of what a package is for.
var ForbiddenNames = []string{"pkg", "util", "utils", "common", "models", "types", "services", "handlers", "helpers", "mocks"}

// ForbiddenCalls must not stand in code outside tests: each of them has let
// forged SAML messages through somewhere. Import is the package of Name, ""
// for a method of whatever receiver.
var ForbiddenCalls = []Call{
	{Import: "encoding/xml", Name: "Unmarshal", Why: "it reads what was not signed; read the verified bytes"},
	{Import: "encoding/xml", Name: "NewDecoder", Why: "its tokens do not round-trip; use the scanner of saml"},
	{Import: "github.com/crewjam/saml/xmlenc", Name: "Decrypt", Why: "it takes padding and algorithms as they come; use the decryption of saml"},
	{Name: "ParseResponse", Why: "it judges less than saml.Verify and has panicked on strangers' input"},
	{Name: "ParseXMLResponse", Why: "it judges less than saml.Verify and has panicked on strangers' input"},
	{Name: "ValidateLogoutResponseForm", Why: "it never checks who signed"},
	{Name: "ValidateLogoutResponseRedirect", Why: "it never checks who signed"},
	{Name: "ValidateLogoutResponseRequest", Why: "it never checks who signed"},
}

// Call is a function or method that must not be called.
type Call struct{ Import, Name, Why string }

// LongestFile is how many lines a hand-written Go file may have.
const LongestFile = 600

// Minimum versions, below which a library is known to be unsafe.
var MinimumVersions = map[string]string{
	"github.com/russellhaering/goxmldsig": "v1.6.1", // CVE-2026-33487 before 1.6.0
	"github.com/beevik/etree":             "v1.8.1",
}

func join(to []string, more ...string) []string {
	return append(append([]string(nil), to...), more...)
}
