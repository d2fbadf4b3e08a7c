package main_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/testidp"
)

// The guide's trust policy and inline policy, as its console takes them.
const (
	guideTrust = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {
        "Federated": "IDENTITY-PROVIDER"
      },
      "Action": [
        "sts:AssumeRoleWithSAML",
        "sts:TagSession"
      ],
      "Condition": {
        "StringEquals": {
          "SAML:sub_type": "persistent"
        }
      }
    }
  ]
}
`
	guideInline = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "workspaces:Stream",
      "Resource": "arn:PARTITION:workspaces:REGION-CODE:ACCOUNT-ID-WITHOUT-HYPHENS:directory/DIRECTORY-ID",
      "Condition": {
        "StringEquals": {
          "workspaces:userId": "${saml:sub}"
        }
      }
    }
  ]
}
`
)

const (
	formatPersistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	awsAttribute     = "https://aws.amazon.com/SAML/Attributes/"
)

// desktops is a WorkSpaces directory as the guide sets it up.
type desktops struct {
	app, partition, account, region, endpoint string
}

func (d desktops) role(name string) string {
	return "arn:" + d.partition + ":iam::" + d.account + ":role/" + name
}

func (d desktops) provider() string {
	return "arn:" + d.partition + ":iam::" + d.account + ":saml-provider/Example"
}

// relayState is built as the guide builds it.
func (d desktops) relayState() string {
	return "https://" + d.endpoint + "/sso-idp?registrationCode=SLiad%2BAB12CD"
}

// TestWorkSpacesGuide follows the guide from its role to its relay state, with
// the program as it ships, in both partitions.
func TestWorkSpacesGuide(t *testing.T) {
	w := newSource(t)
	w.run("idp", "set", "default", "any_name_id=true") // a WorkSpaces user name is no e-mail address
	w.run("permission-set", "add", "--name", "Desktop")
	both := []desktops{
		{"desktops", "aws", "123456789012", "eu-west-1", "workspaces.euc-sso.eu-west-1.aws.amazon.com"},
		{"desktops-gov", "aws-us-gov", "210987654321", "us-gov-west-1", "workspaces.euc-sso.us-gov-west-1.amazonaws-us-gov.com"},
	}
	for _, d := range both {
		w.setUpDesktops(d)
	}
	w.serve()
	for _, d := range both {
		t.Run(d.partition, func(t *testing.T) { w.in(t).followGuide(d) })
	}
}

// setUpDesktops does what the guide has one do, here instead of in IAM.
func (w *source) setUpDesktops(d desktops) {
	w.t.Helper()
	w.run("app", "add", "--name", d.app, "--title", "Desktops", "--kind", "workspaces", "--entry", "assigned", "--ask-whom", "it@example.com",
		"--region", d.region, "--registration-code", "SLiad+AB12CD", "--directory-id", "d-1234567890", "--account-id", d.account)
	w.run("assignment", "grant", "--claim", "desktops", "--app", d.app, "--permission-set", "Desktop")
	w.run("role", "add", "--arn", d.role("WorkSpaces"), "--trust", w.trustFile(d, guideTrust), "--inline", "Stream="+w.inlineFile(d))
}

func (w *source) trustFile(d desktops, document string) string {
	return w.file("trust.json", strings.ReplaceAll(document, "IDENTITY-PROVIDER", d.provider()))
}

func (w *source) inlineFile(d desktops) string {
	return w.file("stream.json", strings.NewReplacer("PARTITION", d.partition, "REGION-CODE", d.region, "ACCOUNT-ID-WITHOUT-HYPHENS", d.account, "DIRECTORY-ID", "d-1234567890").Replace(guideInline))
}

// guideResponse has the guide's attributes.
func guideResponse(d desktops, format string, roles ...string) testidp.Response {
	pairs := testidp.Attribute{Name: awsAttribute + "Role"}
	for _, name := range roles {
		pairs.Values = append(pairs.Values, d.role(name)+","+d.provider())
	}
	return testidp.Response{
		NameID: "aarcher", Format: format, Groups: []string{"desktops"},
		Attributes: []testidp.Attribute{
			pairs,
			{Name: awsAttribute + "RoleSessionName", Values: []string{"ann@example.com"}},
			{Name: awsAttribute + "PrincipalTag:Email", Values: []string{"ann@example.com"}},
			{Name: awsAttribute + "PrincipalTag:UserPrincipalName", Values: []string{"aarcher@corp.example.com"}},
			{Name: awsAttribute + "PrincipalTag:ClientUserName", Values: []string{"corp/aarcher"}},
			{Name: awsAttribute + "SessionDuration", Values: []string{"3600"}},
		},
	}
}

func (w *source) followGuide(d desktops) {
	t := w.t
	w.lands(guideResponse(d, formatPersistent, "WorkSpaces"), d.relayState(), d.relayState())

	// The other format: the condition is named at the reference.
	explained := w.denied(guideResponse(d, "", "WorkSpaces"), d.relayState())
	for _, words := range []string{"Not authorized to perform sts:AssumeRoleWithSAML", "AccessDenied", "SAML:sub_type", "persistent", "emailAddress"} {
		if !strings.Contains(explained, words) {
			t.Errorf("the administrator does not read %q: %s", words, explained)
		}
	}
	var why struct {
		Allowed bool
		Refusal string
		Roles   []struct{ Sentence string }
	}
	w.list(&why, "access", "explain", "--user", "aarcher", "--app", d.app)
	if why.Allowed || why.Refusal != "role_denied" || len(why.Roles) != 1 || !strings.Contains(why.Roles[0].Sentence, "SAML:sub_type") {
		t.Errorf("access explain says %+v", why)
	}

	// A role of another account, or none: the identity provider did not let in.
	elsewhere := d
	elsewhere.account = "999999999999"
	if explained := w.denied(guideResponse(elsewhere, formatPersistent, "WorkSpaces"), d.relayState()); !strings.Contains(explained, "names none") {
		t.Errorf("a role of another account: %s", explained)
	}

	// Several roles: a chooser, and each of them leads there.
	w.run("role", "add", "--arn", d.role("Operators"), "--trust", w.trustFile(d, guideTrust), "--inline", "Stream="+w.inlineFile(d))
	eventually(t, "two roles are there to choose from", func() bool {
		b, landed := w.arrive(guideResponse(d, formatPersistent, "WorkSpaces", "Operators"), d.relayState())
		if landed.status != http.StatusOK || landed.url.Path != "/go/"+d.app {
			return false
		}
		for _, name := range []string{"WorkSpaces", "Operators"} {
			chosen := w.url + "/go/" + d.app + "?role_arn=" + url.QueryEscape(d.role(name))
			if to := b.get(chosen); to.url.String() != d.relayState() {
				t.Errorf("%s leads to %s", name, to.url)
			}
		}
		return true
	})
	w.run("role", "remove", d.role("Operators"))

	// Without sts:TagSession a sign-in with tags fails as AWS's does.
	w.run("role", "set", d.role("WorkSpaces"), "--trust", w.trustFile(d, strings.Replace(guideTrust, ",\n        \"sts:TagSession\"", "", 1)))
	eventually(t, "sts:TagSession is missed", func() bool {
		_, landed := w.arrive(guideResponse(d, formatPersistent, "WorkSpaces"), d.relayState())
		if landed.status != http.StatusForbidden {
			return false
		}
		explained := w.explained(landed)
		return strings.Contains(explained, "Not authorized to perform sts:AssumeRoleWithSAML") && strings.Contains(explained, "sts:TagSession")
	})
	untagged := guideResponse(d, formatPersistent, "WorkSpaces")
	untagged.Attributes = untagged.Attributes[:2]
	w.lands(untagged, d.relayState(), d.relayState())

	// The assignment is needed too.
	w.run("role", "set", d.role("WorkSpaces"), "--trust", w.trustFile(d, guideTrust))
	w.run("assignment", "revoke", "--claim", "desktops", "--app", d.app, "--permission-set", "Desktop")
	eventually(t, "the assignment is missed", func() bool {
		_, landed := w.arrive(guideResponse(d, formatPersistent, "WorkSpaces"), d.relayState())
		return landed.status == http.StatusForbidden && strings.Contains(landed.text(), "It has not been assigned to you.") && strings.Contains(landed.text(), "it@example.com")
	})
}

// source is a running sallyport with an identity provider whose responses a
// test makes, and an administrator who reads why something failed.
type source struct {
	*instance
	twin          *testidp.IDP
	administrator *browser
	folder        string
}

func newSource(t *testing.T) *source {
	t.Helper()
	w := &source{instance: newSallyport(t), folder: t.TempDir()}
	var err error
	if w.twin, err = testidp.New(testidp.Options{BaseURL: "https://idp.example.com"}); err != nil {
		t.Fatal(err)
	}
	w.trust("default", w.twin.Metadata())
	return w
}

// in is the same for a subtest.
func (w *source) in(t *testing.T) *source {
	inner := *w
	service := *w.instance
	service.t = t
	inner.instance, inner.administrator = &service, nil
	return &inner
}

func (w *source) file(name, content string) string {
	file := filepath.Join(w.folder, name)
	write(w.t, file, []byte(content))
	return file
}

// arrive hands in a response as a browser does, and follows it to the end.
func (w *source) arrive(r testidp.Response, relayState string) (*browser, *webPage) {
	w.t.Helper()
	r.ACS, r.Audience = w.url+"/saml/default/acs", w.url+"/saml/default/metadata"
	raw, err := w.twin.Respond(r)
	if err != nil {
		w.t.Fatal(err)
	}
	b := newBrowser(w.t)
	b.client.Transport = elsewhere{}
	return b, b.send(http.MethodPost, r.ACS, testidp.Form(raw, relayState), "")
}

// lands asks where a response leads.
func (w *source) lands(r testidp.Response, relayState, want string) {
	w.t.Helper()
	if _, landed := w.arrive(r, relayState); landed.url.String() != want {
		w.t.Errorf("status %d at %s, want %s: %s", landed.status, landed.url, want, landed.text())
	}
}

// denied asks that a response leads nowhere, and gives what the administrator
// reads at the reference.
func (w *source) denied(r testidp.Response, relayState string) string {
	w.t.Helper()
	_, landed := w.arrive(r, relayState)
	if landed.status != http.StatusForbidden || !strings.HasPrefix(landed.url.String(), w.url+"/go/") {
		w.t.Errorf("status %d at %s, want a denial: %s", landed.status, landed.url, landed.text())
		return ""
	}
	return w.explained(landed)
}

func (w *source) explained(landed *webPage) string {
	w.t.Helper()
	if w.administrator == nil {
		w.administrator = newBrowser(w.t)
		link := strings.TrimSpace(string(w.run("admin", "link")))
		if console := w.administrator.send(http.MethodPost, link, nil, "127.0.0.1"); console.status != http.StatusOK {
			w.t.Fatalf("the administrator's link: status %d: %s", console.status, console.text())
		}
	}
	reference := shownReference.FindString(landed.text())
	if reference == "" {
		w.t.Fatalf("no reference: %s", landed.text())
	}
	return w.administrator.get(w.url + "/admin/signins/" + reference).text()
}

// elsewhere answers in place of every host but this one.
type elsewhere struct{}

func (elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if host := r.URL.Hostname(); host == "127.0.0.1" || host == "localhost" {
		return http.DefaultTransport.RoundTrip(r)
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{}, Request: r,
		Body: io.NopCloser(strings.NewReader(fmt.Sprintf("this is %s", r.URL.Host))),
	}, nil
}
