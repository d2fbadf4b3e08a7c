package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"sallyport/saml"
)

// inspection is what a response is judged by.
type inspection struct {
	metadata, idpEntityID string
	entityID, acs         string
	slug                  string
	now                   string
}

func (p *program) inspectCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Explain a SAML response or a metadata file: every check, want and got",
		Long: `Reads a file ("-" for standard input) that holds a SAML response (XML, base64,
or the body of the form that carried it) or an identity provider's metadata.

A response is judged either by what a connection trusts, with --idp SLUG, or
offline, by --metadata of the identity provider, our --entity-id and our --acs.
Which request it answers and whether it was used before cannot be told offline.
Exit code 1 says that it would be refused.`,
		Args: arguments("one FILE"),
	}
	var in inspection
	format := outputFlag(cmd)
	cmd.Flags().StringVar(&in.metadata, "metadata", "", "`file` of the identity provider's metadata")
	cmd.Flags().StringVar(&in.idpEntityID, "idp-entity-id", "", "which identity provider, where the metadata describes several")
	cmd.Flags().StringVar(&in.entityID, "entity-id", "", "our entity ID: the audience")
	cmd.Flags().StringVar(&in.acs, "acs", "", "our ACS URL: destination and recipient")
	cmd.Flags().StringVar(&in.slug, "idp", "", "judge by the connection with this `slug`")
	cmd.Flags().StringVar(&in.now, "now", "", "judge as of this `time`, such as 2026-11-21T12:00:00Z")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		now, err := in.time()
		if err != nil {
			return err
		}
		raw, err := readInput(cmd.InOrStdin(), args[0])
		if err != nil {
			return err
		}
		document, encoded := unwrap(raw)
		if root := rootElement(document); root == "EntityDescriptor" || root == "EntitiesDescriptor" {
			return p.inspectMetadata(document, in.idpEntityID, now, *format)
		}
		if in.slug != "" {
			return p.inHouse(cmd.Context(), func(h *house) error {
				c := h.idps.Connection(in.slug)
				if c == nil {
					return fmt.Errorf("there is no connection %q", in.slug)
				}
				if c.Trust == nil {
					return fmt.Errorf("connection %q is %s: there is no trust to judge by", in.slug, c.Provider.State)
				}
				return p.inspectResponse(document, encoded, c.Trust, now, *format)
			})
		}
		if in.metadata == "" && in.entityID == "" && in.acs == "" {
			return p.readResponse(document, encoded, now, *format)
		}
		trust, err := in.trust(now)
		if err != nil {
			return err
		}
		return p.inspectResponse(document, encoded, trust, now, *format)
	}
	return cmd
}

func (in *inspection) time() (time.Time, error) {
	if in.now == "" {
		return time.Now(), nil
	}
	now, err := time.Parse(time.RFC3339, in.now)
	if err != nil {
		return now, usagef("--now is %q: write it like 2026-11-21T12:00:00Z", in.now)
	}
	return now, nil
}

// trust is what the flags say.
func (in *inspection) trust(now time.Time) (*saml.Trust, error) {
	if in.metadata == "" || in.entityID == "" || in.acs == "" {
		return nil, usagef("a response is judged by --idp, or by --metadata, --entity-id and --acs together")
	}
	raw, err := os.ReadFile(in.metadata)
	if err != nil {
		return nil, err
	}
	m, err := saml.ParseMetadata(raw, in.idpEntityID, now)
	if err != nil {
		return nil, err
	}
	return &saml.Trust{
		IDPEntityID: m.EntityID, Certificates: m.Certificates,
		EntityIDs: []string{in.entityID}, ACSURLs: []string{in.acs},
	}, nil
}

// verdict is the outcome of an inspection.
type verdict struct {
	Accepted bool         `json:"accepted"`
	Reason   saml.Reason  `json:"reason,omitempty"`
	Fixer    saml.Fixer   `json:"fixer,omitempty"`
	Says     string       `json:"says,omitempty"`
	Checks   []saml.Check `json:"checks"`
	Person   *person      `json:"person,omitempty"`
}

// person is whom an accepted response names.
type person struct {
	NameID     string              `json:"name_id"`
	Format     string              `json:"name_id_format"`
	Issuer     string              `json:"issuer"`
	Attributes map[string][]string `json:"attributes"`
}

var errRefused = errors.New("the response would be refused")

func (p *program) inspectResponse(document []byte, encoded bool, trust *saml.Trust, now time.Time, format string) error {
	v, err := judged(verify(document, encoded, trust, now))
	if err != nil {
		return err
	}
	if err := p.showVerdict(v, format); err != nil {
		return err
	}
	if !v.Accepted {
		return errRefused
	}
	return nil
}

func verify(document []byte, encoded bool, trust *saml.Trust, now time.Time) (*saml.Assertion, error) {
	options := saml.VerifyOptions{Trust: trust, Now: now, AllowUnsolicited: true,
		// Offline no request is pending: the one that is named is believed.
		Request: func(id string) (*saml.Request, bool, error) { return &saml.Request{ID: id, IssuedAt: now}, true, nil }}
	if encoded {
		return saml.VerifyResponse(string(document), options)
	}
	return saml.Verify(document, options)
}

func judged(a *saml.Assertion, err error) (*verdict, error) {
	var refusal *saml.Error
	if errors.As(err, &refusal) {
		return &verdict{Reason: refusal.Reason, Fixer: refusal.Reason.Fixer(), Says: refusal.Reason.Sentence(), Checks: refusal.Checks}, nil
	}
	if err != nil {
		return nil, err
	}
	who := &person{NameID: a.NameID().Value, Format: a.NameID().Format, Issuer: a.Issuer(), Attributes: map[string][]string{}}
	for _, one := range a.Attributes() {
		who.Attributes[one.Name] = one.Values
	}
	return &verdict{Accepted: true, Checks: a.Checks(), Person: who}, nil
}

func (p *program) showVerdict(v *verdict, format string) error {
	if err := p.showChecks(v, format); err != nil || format == "json" {
		return err
	}
	if !v.Accepted {
		_, err := fmt.Fprintf(p.out, "\nRefused: %s. %s\nWho must act: %s.\n", v.Reason, v.Says, v.Fixer)
		return err
	}
	_, err := fmt.Fprintf(p.out, "\nAccepted: %s (%s), from %s, with %d attributes.\n", v.Person.NameID, v.Person.Format, v.Person.Issuer, len(v.Person.Attributes))
	return err
}

func (p *program) showChecks(v *verdict, format string) error {
	var rows [][]string
	for _, c := range v.Checks {
		rows = append(rows, []string{string(c.Outcome), c.Name, orDash(c.Want), orDash(c.Got)})
	}
	return list(p.out, format, v, []string{"OUTCOME", "CHECK", "WANT", "GOT"}, rows)
}

func (p *program) inspectMetadata(raw []byte, entityID string, now time.Time, format string) error {
	m, err := saml.ParseMetadata(raw, entityID, now)
	if err != nil {
		return err
	}
	if format == "json" {
		return writeJSON(p.out, m)
	}
	t := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
	row := func(name, value string) { _, _ = fmt.Fprintf(t, "%s\t%s\n", name, orDash(value)) }
	row("Entity ID", m.EntityID)
	row("Name", m.DisplayName)
	for _, e := range m.SSO {
		row("Sign-in URL", e.Location+" ("+shortBinding(e.Binding)+")")
	}
	for _, e := range m.SLO {
		row("Logout URL", e.Location+" ("+shortBinding(e.Binding)+")")
	}
	for _, c := range m.Certificates {
		row("Signing certificate", fmt.Sprintf("%s, %s to %s, SHA-256 %s", c.Subject, c.NotBefore.Format(time.DateOnly), c.NotAfter.Format(time.DateOnly), saml.Fingerprint(c.Raw)))
	}
	for _, f := range m.NameIDFormats {
		row("NameID format", f)
	}
	row("Valid until", shown(m.ValidUntil))
	for _, w := range m.Warnings {
		row("Warning", w)
	}
	return t.Flush()
}

func shortBinding(urn string) string { return urn[strings.LastIndex(urn, ":")+1:] }

// unwrap finds the document in a file: XML as it stands, the SAMLResponse of
// a form body, or base64, which it leaves encoded.
func unwrap(raw []byte) (document []byte, encoded bool) {
	text := strings.TrimSpace(strings.TrimPrefix(string(raw), "\ufeff"))
	if strings.HasPrefix(text, "<") {
		return raw, false
	}
	if strings.Contains(text, "SAMLResponse=") {
		if form, err := url.ParseQuery(text); err == nil {
			return []byte(form.Get("SAMLResponse")), true
		}
	}
	return []byte(text), true
}

// rootElement is the local name of a document's first element, read only to
// choose what to do with the document; "" where it is not plain to see.
func rootElement(document []byte) string {
	rest := string(document)
	for {
		_, after, ok := strings.Cut(rest, "<")
		if !ok {
			return ""
		}
		if after != "" && after[0] != '?' && after[0] != '!' {
			name, _, _ := strings.Cut(after, ">")
			if i := strings.IndexAny(name, " \t\r\n/"); i >= 0 {
				name = name[:i]
			}
			return name[strings.LastIndex(name, ":")+1:]
		}
		rest = after
	}
}
