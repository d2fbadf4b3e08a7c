package main

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sallyport/access"
)

// applicationFlags are what app add and app set share: each says one part of
// an application, and a part that no flag names stays as it is.
type applicationFlags struct {
	cmd        *cobra.Command
	told       access.Application // texts
	kind       string
	entry      string
	allowed    []string
	links      []string
	userAccess []string
	workSpaces access.WorkSpaces
	headers    string
	groups     string
	maxAge     string
	rules      *ruleFlags
}

func newApplicationFlags(cmd *cobra.Command) *applicationFlags {
	f := &applicationFlags{cmd: cmd}
	flags := cmd.Flags()
	flags.StringVar(&f.told.URL, "url", "", "`address` where it lives; made from its Region and registration code for workspaces")
	flags.StringVar(&f.told.Title, "title", "", "what people read; the name where empty")
	flags.StringVar(&f.told.Description, "description", "", "one sentence for people")
	flags.StringVar(&f.told.Icon, "icon", "", "an emoji, or one or two `letters`")
	flags.StringVar(&f.told.AskWhom, "ask-whom", "", "a name, an address or a channel, for people who are not let in")
	flags.StringVar(&f.kind, "kind", "", "web, workspaces or link")
	flags.StringVar(&f.entry, "entry", "", "who may enter before any rule: everyone, or assigned")
	flags.StringArrayVar(&f.allowed, "allow", nil, "a further `prefix` of addresses that a relay state may name; may be repeated")
	flags.StringArrayVar(&f.links, "link", nil, "a named place in it, as `NAME=/path`; may be repeated")
	flags.StringArrayVar(&f.userAccess, "user-access", nil, "where an identity provider starts a sign-in here, as `VENDOR=URL`; may be repeated")
	flags.StringVar(&f.workSpaces.Region, "region", "", "workspaces: the `Region` of the directory, such as eu-west-1")
	flags.StringVar(&f.workSpaces.RegistrationCode, "registration-code", "", "workspaces: the registration `code`, or the FQDN of cross-Region redirection")
	flags.StringVar(&f.workSpaces.DirectoryID, "directory-id", "", "workspaces: the directory's `ID`, such as d-1234567890")
	flags.StringVar(&f.workSpaces.AccountID, "account-id", "", "workspaces: the `account` of the directory, twelve digits")
	flags.StringVar(&f.workSpaces.Client, "client", "", "workspaces: native or web; people choose where it is empty")
	flags.BoolVar(&f.workSpaces.FIPS, "fips", false, "workspaces: use the Region's FIPS endpoint")
	flags.StringVar(&f.headers, "headers", "", "which headers the proxy in front of it sends: `preset` remote, x-auth-request, x-forwarded, x-webauth or none")
	flags.StringVar(&f.told.Gateway.Separator, "separator", "", "what stands between groups in a header: a comma, ';', '|' or a space")
	flags.StringVar(&f.groups, "groups", "", "which groups it is told: all, assigned or none")
	flags.StringArrayVar(&f.told.StepUp.Contexts, "step-up-context", nil, "an authentication `context` (AuthnContextClassRef) that lets in; may be repeated")
	flags.StringVar(&f.maxAge, "step-up-max-age", "", "how old a sign-in may be to enter, as `duration` such as 15m, 12h or 7d; 0 for any")
	f.rules = newRuleFlags(cmd)
	return f
}

func (f *applicationFlags) given(names ...string) bool {
	for _, name := range names {
		if f.cmd.Flags().Changed(name) {
			return true
		}
	}
	return false
}

// apply changes in a what the flags say.
func (f *applicationFlags) apply(a *access.Application) (err error) {
	for _, text := range []struct {
		flag     string
		from, to *string
	}{
		{"url", &f.told.URL, &a.URL}, {"title", &f.told.Title, &a.Title}, {"description", &f.told.Description, &a.Description},
		{"icon", &f.told.Icon, &a.Icon}, {"ask-whom", &f.told.AskWhom, &a.AskWhom},
		{"kind", &f.kind, (*string)(&a.Kind)}, {"entry", &f.entry, (*string)(&a.Entry)},
		{"headers", &f.headers, (*string)(&a.Gateway.Headers)}, {"groups", &f.groups, (*string)(&a.Gateway.Groups)},
		{"separator", &f.told.Gateway.Separator, &a.Gateway.Separator},
	} {
		if f.given(text.flag) {
			*text.to = *text.from
		}
	}
	if f.given("url") && a.Kind == access.KindWorkSpaces {
		return usagef("--url does not go with the kind workspaces: its address is made from --region and --registration-code")
	}
	if f.given("allow") {
		a.Allowed = filled(f.allowed)
	}
	if f.given("link") {
		if a.Links, err = deepLinks(f.links); err != nil {
			return err
		}
	}
	if f.given("user-access") {
		if a.UserAccess, err = userAccess(f.userAccess); err != nil {
			return err
		}
	}
	if f.given("step-up-context") {
		a.StepUp.Contexts = filled(f.told.StepUp.Contexts)
	}
	if f.given("step-up-max-age") {
		if a.StepUp.MaxAge, err = maxAge(f.maxAge); err != nil {
			return err
		}
	}
	f.applyWorkSpaces(a)
	a.Rules, err = f.rules.apply(a.Rules)
	return err
}

func (f *applicationFlags) applyWorkSpaces(a *access.Application) {
	if a.Kind != access.KindWorkSpaces && f.given("kind") {
		a.WorkSpaces = nil // it was one, and is none any more
	}
	if !f.given("region", "registration-code", "directory-id", "account-id", "client", "fips") {
		return
	}
	var w access.WorkSpaces
	if a.WorkSpaces != nil {
		w = *a.WorkSpaces
	}
	w.Region = cmp.Or(f.workSpaces.Region, w.Region)
	w.RegistrationCode = cmp.Or(f.workSpaces.RegistrationCode, w.RegistrationCode)
	w.DirectoryID = cmp.Or(f.workSpaces.DirectoryID, w.DirectoryID)
	w.AccountID = cmp.Or(f.workSpaces.AccountID, w.AccountID)
	if f.given("client") {
		w.Client = f.workSpaces.Client
	}
	if f.given("fips") {
		w.FIPS = f.workSpaces.FIPS
	}
	a.WorkSpaces = &w
}

// maxAge reads 15m, 12h or 7d; nothing and 0 are any age.
func maxAge(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return time.Duration(n) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, usagef("--step-up-max-age is %q: give a duration such as 15m, 12h or 7d", text)
	}
	return d, nil
}

// deepLinks reads NAME=/path; what people call a place is for the console.
func deepLinks(texts []string) ([]access.DeepLink, error) {
	var links []access.DeepLink
	for _, text := range filled(texts) {
		name, path, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usagef("--link is %q: give NAME=/path", text)
		}
		links = append(links, access.DeepLink{Name: name, Path: path})
	}
	return links, nil
}

func userAccess(texts []string) ([]access.UserAccess, error) {
	var all []access.UserAccess
	for _, text := range filled(texts) {
		vendor, url, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usagef("--user-access is %q: give VENDOR=URL", text)
		}
		all = append(all, access.UserAccess{Vendor: vendor, URL: url})
	}
	return all, nil
}

// filled leaves out what is empty, so that a list can be emptied by --flag ”.
func filled(texts []string) []string {
	var out []string
	for _, text := range texts {
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}
