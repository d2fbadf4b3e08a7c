package gateway

import (
	"fmt"
	"html"
	"html/template"
	"net/http"
	"strings"
)

// replay is a kept form as it is sent again.
type replay struct {
	Action template.HTMLAttr
	Shown  string // where it goes, without the query
	Holds  string
	Fields []field
}

// replayPage sends a kept form to where it was going, by itself where scripts
// run.
func replayPage(address string, fields []field) *page {
	shown, _, _ := strings.Cut(address, "?")
	return &page{
		Title: "Sending your form",
		Says:  []string{"You are signed in again. What you had filled in is being sent now. If nothing happens, press the button."},
		Form: &replay{
			// To the letter: the template's own escaping would rewrite brackets
			// and quotes of the address.
			Action: template.HTMLAttr(`action="` + html.EscapeString(address) + `"`),
			Shown:  shown, Holds: holds(fields), Fields: fields,
		},
	}
}

// maxNamed is how many fields the page names.
const maxNamed = 12

// holds says what is in a form by the names of its fields: the values are
// nobody's business who looks over the shoulder.
func holds(fields []field) string {
	var names []string
	seen := map[string]bool{}
	for _, f := range fields {
		if f.Name != "" && !seen[f.Name] {
			names, seen[f.Name] = append(names, f.Name), true
		}
	}
	switch {
	case len(names) == 0:
		return "nothing but that it was sent"
	case len(names) > maxNamed:
		return strings.Join(names[:maxNamed], ", ") + fmt.Sprintf(" and %d more", len(names)-maxNamed)
	}
	return strings.Join(names, ", ")
}

// notSaved is why a form that was sent to a shut door cannot wait there.
type notSaved struct {
	status int
	why    string
}

// Why forms are not kept.
var (
	notOfThisSite = notSaved{http.StatusForbidden, "It came from another site, or your browser does not say from where."}
	withFiles     = notSaved{http.StatusUnsupportedMediaType, "Forms with files can’t wait for a sign-in."}
	notAForm      = notSaved{http.StatusUnsupportedMediaType, "It was not sent in the way of an ordinary form."}
	tooLarge      = notSaved{http.StatusRequestEntityTooLarge, "It is too large to wait for a sign-in."}
	otherEncoding = notSaved{http.StatusBadRequest, "It holds characters that can’t be sent again as they were."}
	notReceived   = notSaved{http.StatusBadRequest, "It did not arrive whole."}
	nobodys       = notSaved{http.StatusUnauthorized, "It can’t be told any more whose session it was that ended."}
	tooMany       = notSaved{http.StatusConflict, "Several forms of yours wait for a sign-in already."}
	keptNowhere   = notSaved{http.StatusServiceUnavailable, "Forms can’t wait for a sign-in right now."}
	wrongAddress  = notSaved{http.StatusBadRequest, "The address that it was sent to belongs to no application here."}
	longAddress   = notSaved{http.StatusRequestURITooLong, "The address that it was sent to is too long to come back to."}
	onlyForms     = notSaved{http.StatusMethodNotAllowed, "This address only takes forms that were interrupted."}
)

// notSavedPage tells somebody that what they sent is lost, before they find
// out. back is the page to go on with; "" where there is none.
func notSavedPage(n notSaved, back string) *page {
	p := &page{
		Title: "Nothing was saved",
		Says: []string{
			"You have to sign in first, and what you sent could not be kept until then. " + n.why,
			"If you still need what you wrote, go back in your browser and copy it first.",
		},
	}
	if back != "" {
		p.First = &link{"Sign in and go on", back}
	}
	return p
}

// formDroppedPage tells somebody who is signed in now that the form which was
// waiting is not sent.
func formDroppedPage(next string) *page {
	return &page{
		Title: "The form was not sent",
		Says: []string{
			"A form was to be sent after your sign-in. It was dropped, and nothing was saved: it was filled in by somebody else, in another browser, or too long ago.",
		},
		First: &link{"Go on", next},
	}
}

// formGonePage answers the address of a form that was sent already.
func formGonePage(next string) *page {
	return &page{
		Title: "This form does not wait any more",
		Says:  []string{"It has been sent already, or it was dropped. Look whether it arrived before you send it again."},
		First: &link{"Go on", next},
	}
}

// formWaitsPage answers a way back that came too late, in the browser that a
// form waits for. again leads to the sign-in and brings the form along.
func formWaitsPage(again string) *page {
	return &page{
		Title: "Your form has not been sent yet",
		Says: []string{
			"The way back from the sign-in works once, for a minute, and that is over.",
			"What you had filled in waits for a quarter of an hour from when you sent it. Start again, and it is sent when you are back.",
		},
		First: &link{"Start again", again},
	}
}

// formLostPage answers a way back in a browser that no longer has what its form
// waits for.
func formLostPage(next string) *page {
	return &page{
		Title: "The form was not sent",
		Says: []string{
			"Your browser sent no cookie of this address: it took too long to sign in, or cookies are not allowed here. Nothing of the form was saved.",
			"If you still need what you wrote, go back in your browser and copy it first.",
		},
		First: &link{"Start again", next},
	}
}
