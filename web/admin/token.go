package admin

import (
	"context"
	"net/http"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/internal/snippet"
	"sallyport/session"
	"sallyport/web/ui"
)

// longestToken is far above what fits a header, in bytes.
const longestToken = 16 << 10

// Token is where a token for one application is checked, and how the
// application does so itself.
func (c *Console) Token(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	app, err := c.webApplication(r)
	if err != nil {
		return err
	}
	return c.show(w, r, c.tokenPage(app))
}

// ReadToken says what a token that was pasted is worth. It is not kept, not
// shown again and in no log.
func (c *Console) ReadToken(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	app, err := c.webApplication(r)
	if err != nil {
		return err
	}
	if c.CheckToken == nil {
		return fault.New(fault.NotFound, "Tokens can't be checked here.")
	}
	if err := readForm(w, r); err != nil {
		return err
	}
	page := c.tokenPage(app)
	text := bareToken(r.PostForm.Get("token"))
	if text == "" || len(text) > longestToken {
		page.Error = "Paste the value of the header " + access.HeaderAssertion + ": three parts with dots between."
		return c.showRefusal(w, r, fault.New(fault.Invalid, page.Error), page)
	}
	page.Report = c.CheckToken(app.Name, text)
	if page.Report.Good {
		if page.Session, err = c.sessionWords(r.Context(), page.Report.SessionID); err != nil {
			return err
		}
	}
	return c.show(w, r, page)
}

func (c *Console) tokenPage(app *access.Application) ui.Token {
	page := ui.Token{Application: app, CanCheck: c.CheckToken != nil, Now: time.Now()}
	for _, w := range snippet.TokenChecks(c.BaseURL, app.Name) {
		page.Ways = append(page.Ways, ui.TokenWay{Language: w.Language, Library: w.Library, Text: w.Text})
	}
	return page
}

// bareToken takes off what people copy along with a token.
func bareToken(text string) string {
	text = strings.TrimSpace(text)
	if name, value, found := strings.Cut(text, ":"); found && strings.EqualFold(strings.TrimSpace(name), access.HeaderAssertion) {
		text = strings.TrimSpace(value)
	}
	if word, rest, found := strings.Cut(text, " "); found && strings.EqualFold(word, "Bearer") {
		text = strings.TrimSpace(rest)
	}
	return text
}

// sessionWords says how the session of a good token stands.
func (c *Console) sessionWords(ctx context.Context, id string) (string, error) {
	if id == "" {
		return "", nil
	}
	found, err := c.Sessions.Sessions(ctx, session.Filter{ID: id, Limit: 1})
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "Its session is not known here any more.", nil
	case !found[0].EndedAt.IsZero():
		return "Its session has ended since. The gateway lets nobody pass with it any more; an application that looks at nothing but this token believes it until it expires.", nil
	}
	return "Its session is open.", nil
}

// webApplication is the one that the path names, where it can stand behind a
// proxy.
func (c *Console) webApplication(r *http.Request) (*access.Application, error) {
	app, err := c.application(r)
	if err != nil {
		return nil, err
	}
	if app.Kind != access.KindWeb {
		return nil, fault.New(fault.NotFound, "Only a web application stands behind a proxy of yours.")
	}
	return app, nil
}
