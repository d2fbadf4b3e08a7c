package snippet

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sallyport/access"
	"sallyport/internal/fault"
)

// What is written into configuration is of these letters alone: none of them
// means anything to any of the proxies, quoted or not.
var (
	nameForm    = regexp.MustCompile(`\A[a-z0-9][a-z0-9-]{0,62}\z`)
	hostForm    = `[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\]`
	urlForm     = regexp.MustCompile(`\A(?i:(https?))://(` + hostForm + `)(?::([0-9]{1,5}))?(?:[/?#][!-~]*)?\z`)
	addressForm = regexp.MustCompile(`\A(?:` + hostForm + `):([0-9]{1,5})\z`)
)

// view is what the templates see.
type view struct {
	Application string
	Scheme      string // "https"
	Host        string // as browsers say it: lower case, with a port where it is not the usual one
	Hostname    string // without the port
	Upstream    string
	UpstreamAt  address
	Sallyport   string
	SallyportAt address
	Copied      []string // headers that pass from the answer to the application
	Plain       []string // what no client may say, spelled with dashes
	Taken       []string // the same with underscores and dots for dashes
	NotCopied   []string // the same with underscores, without Copied
	Families    []string // Plain as regular expressions, lower case
	Odd         []string // characters of header names that are no letters, digits or dashes (RFC 9110 5.6.2)
	Refusal     string   // header that asks for the answer to show
	Secret      []string // headers of a good answer, which no browser sees
}

type address struct {
	Host string // without brackets
	Port int
}

func check(s Settings) (*view, error) {
	if !nameForm.MatchString(s.Application) {
		return nil, fault.New(fault.Invalid, "The application's name must be of small letters, digits and hyphens.")
	}
	m := urlForm.FindStringSubmatch(s.URL)
	if m == nil || strings.Contains(m[2], "..") || m[3] != "" && !goodPort(m[3]) {
		return nil, fault.New(fault.Invalid, "The application's address must be an http or https URL with a plain host name.")
	}
	v := &view{Application: s.Application, Scheme: strings.ToLower(m[1]), Hostname: strings.ToLower(m[2])}
	v.Host = v.Hostname
	port := strings.TrimLeft(m[3], "0")
	if usual := map[string]string{"http": "80", "https": "443"}[v.Scheme]; port != "" && port != usual {
		v.Host += ":" + port
	}
	var ok bool
	if v.UpstreamAt, ok = addressOf(s.Upstream); !ok {
		return nil, fault.New(fault.Invalid, "Where the proxy reaches the application must be host:port.")
	}
	if v.SallyportAt, ok = addressOf(s.Sallyport); !ok {
		return nil, fault.New(fault.Invalid, "Where the proxy reaches this service must be host:port.")
	}
	v.Upstream, v.Sallyport = s.Upstream, s.Sallyport
	presets := []access.Preset{access.PresetRemote, access.PresetAuthRequest, access.PresetForwarded, access.PresetWebAuth, access.PresetNone}
	preset := cmp.Or(s.Headers, access.PresetRemote)
	if !slices.Contains(presets, preset) {
		return nil, fault.New(fault.Invalid, "There is no such set of headers.")
	}
	v.Copied = copied(preset)
	v.Odd = strings.Split("!#$%&'*+.^_`|~", "")
	v.Plain, v.Taken, v.Families, v.Secret, v.Refusal = plain(), taken("_", "."), families(), access.IdentityHeaders(), refusal
	for _, name := range taken("_") {
		if !slices.ContainsFunc(v.Copied, func(c string) bool { return strings.EqualFold(c, name) }) {
			v.NotCopied = append(v.NotCopied, name)
		}
	}
	return v, nil
}

func addressOf(s string) (address, bool) {
	m := addressForm.FindStringSubmatch(s)
	if m == nil || strings.Contains(s, "..") || !goodPort(m[1]) {
		return address{}, false
	}
	port, err := strconv.Atoi(m[1])
	return address{strings.Trim(strings.TrimSuffix(s, ":"+m[1]), "[]"), port}, err == nil
}

func goodPort(digits string) bool {
	n, err := strconv.ParseUint(digits, 10, 16)
	return err == nil && n > 0
}
