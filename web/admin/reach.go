package admin

import (
	"cmp"
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// offered is how many applications a field suggests.
const offered = 200

// Reach explains why somebody can or can't enter an application: the decision
// that is made when they do, with all that led to it.
func (c *Console) Reach(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	page := ui.Reach{Form: typedReach(r.URL.Query()), Sets: c.Applications.PermissionSets(), IDPs: c.providers()}
	page.Apps = c.Applications.Applications()
	page.Apps = page.Apps[:min(len(page.Apps), offered)]
	if page.Form.Application == "" {
		return c.show(w, r, page)
	}
	answer, err := c.reach(r.Context(), page.Form)
	if again(err) {
		page.Form.Error, page.Form.At = public(err), typed(page.Form.At)
		return c.showRefusal(w, r, err, page)
	}
	if err != nil {
		return err
	}
	page.Answer = answer
	return c.show(w, r, page)
}

func typedReach(query url.Values) ui.ReachForm {
	text := func(name string) string { return strings.TrimSpace(query.Get(name)) }
	return ui.ReachForm{
		Person: text("person"), Application: text("app"), Set: text("set"), IDP: text("idp"), Tags: query.Get("tags"), Groups: query.Get("groups"),
		Address: text("address"), Context: text("context"), At: text("at"),
	}
}

// reach decides what a form asks.
func (c *Console) reach(ctx context.Context, form ui.ReachForm) (*ui.ReachAnswer, error) {
	app := c.Applications.Application(form.Application)
	if app == nil {
		return nil, fault.New(fault.Invalid, "There is no application called "+form.Application+".")
	}
	if form.Set != "" && c.Applications.PermissionSetNamed(form.Set) == nil {
		return nil, fault.New(fault.Invalid, "There is no permission set called "+form.Set+".")
	}
	at, _, err := moment(form.At)
	if err != nil {
		return nil, err
	}
	if at.IsZero() {
		at = time.Now()
	}
	a := &ui.ReachAnswer{App: app, At: at}
	person, live, err := c.personAsked(ctx, form, a)
	if err != nil {
		return nil, err
	}
	if err := c.madeUp(ctx, form, &person, a, at); err != nil {
		return nil, err
	}
	a.IDP, a.Context, a.SignedInAt = person.IDP, person.AuthnContext, person.AuthnInstant
	if person.Address.IsValid() {
		a.Address = person.Address.String()
	}
	for _, g := range person.Groups {
		a.Groups = append(a.Groups, g.DisplayName)
	}
	a.Groups = append(a.Groups, person.Claimed...)

	d := c.Applications.Decide(access.NewFacts(person), access.Question{Application: app.Name, PermissionSet: form.Set, At: at})
	a.Allowed = d.Allowed
	for _, s := range d.Sets {
		a.Sets = append(a.Sets, s.Name)
	}
	for _, s := range d.Steps {
		a.Steps = append(a.Steps, ui.ReachStep{Sentence: s.Sentence(), Counts: s.Counts, Against: against(s)})
	}
	refusal := d.Refusal
	if d.Allowed {
		refusal = c.rolesSay(app, person, live, at, a)
		a.Allowed = refusal == ""
	}
	a.Verdict = verdict(a, titleOf(app), form.Set, refusal)
	return a, nil
}

// personAsked is the person of a form: by their live session, by the
// directory, or nobody at all.
func (c *Console) personAsked(ctx context.Context, form ui.ReachForm, a *ui.ReachAnswer) (access.Person, *session.Session, error) {
	if form.Person == "" {
		a.Who, a.From = "somebody made up", "Nobody was named: this is somebody who has nothing but what you filled in."
		return access.Person{UserName: "somebody", IDP: form.IDP}, nil, nil
	}
	user, err := c.userCalled(ctx, form.Person)
	if err != nil {
		return access.Person{}, nil, err
	}
	if user == nil {
		return access.Person{}, nil, fault.New(fault.Invalid, "Nobody here has the user name "+form.Person+". Leave it empty to ask for somebody made up.")
	}
	sessions, _, err := c.liveOf(ctx, []*directory.User{user})
	if err != nil {
		return access.Person{}, nil, err
	}
	groups, err := c.Directory.GroupsOf(ctx, user.ID)
	if err != nil {
		return access.Person{}, nil, err
	}
	live, themselves := sessions[user.ID], user
	if form.IDP != "" && live != nil && live.IDP != form.IDP {
		live = nil // what another connection said is worth nothing there
	}
	if form.IDP != "" && live == nil {
		elsewhere := *user
		elsewhere.IDP = form.IDP
		user = &elsewhere
	}
	a.Who, a.Path = user.UserName, personPath(user.ID)
	switch {
	case live != nil:
		a.From = "They are signed in: this is what their session, begun " + live.BeganAt.UTC().Format("2006-01-02 15:04 MST") + ", says, with their groups as they are now."
	case !user.Active:
		a.From = "They are deactivated and can't sign in. This is what the directory says, as if they could."
	default:
		a.From = "They are not signed in: this is what the directory says, as if they signed in now. What only their identity provider says is not known."
	}
	p, err := c.personOf(ctx, user, live, groups[user.ID])
	if c.estrange(&p, themselves) {
		a.From += " " + session.StrangerSays(p.IDP, themselves)
	}
	return p, live, err
}

// madeUp puts what a form makes up over what is known of a person.
func (c *Console) madeUp(ctx context.Context, form ui.ReachForm, p *access.Person, a *ui.ReachAnswer, at time.Time) error {
	tags, err := typedTags(form.Tags)
	if err != nil {
		return err
	}
	made := func(t access.Tag) bool {
		return slices.ContainsFunc(tags, func(m access.Tag) bool { return strings.EqualFold(m.Key, t.Key) })
	}
	p.Tags = append(slices.DeleteFunc(p.Tags, made), tags...)
	for _, t := range p.Tags {
		a.Tags = append(a.Tags, ui.ReachTag{Key: t.Key, Value: t.Value, MadeUp: made(t)})
	}
	for _, name := range lines(form.Groups) {
		found, err := c.Directory.QueryGroups(ctx, "", directory.Query{Where: equals("displayName", name), Limit: perPage})
		if err != nil {
			return err
		}
		known := false
		for _, g := range found.Found {
			// Nobody's assertion can claim a local group, however it is spelled.
			if g.IDP == "" || g.DisplayName == name && g.IDP == p.IDP {
				p.Groups, known = append(p.Groups, directory.GroupRef{ID: g.ID, DisplayName: g.DisplayName, IDP: g.IDP, Direct: true}), true
			}
		}
		if !known {
			p.Claimed = append(p.Claimed, name)
		}
	}
	if form.Address != "" {
		if p.Address, err = netip.ParseAddr(form.Address); err != nil {
			return fault.Wrap(fault.Invalid, "An address is written as 203.0.113.9 or 2001:db8::1.", err)
		}
		p.Address = p.Address.Unmap()
	}
	p.AuthnContext = cmp.Or(form.Context, p.AuthnContext)
	if p.AuthnInstant.IsZero() || p.AuthnInstant.After(at) {
		p.AuthnInstant = at
	}
	return nil
}

// against reports whether a step that decides keeps out.
func against(s access.Step) bool {
	return s.Failed != "" || s.Effect == access.EffectForbid || s.Effect == access.EffectPermit && !s.Matched
}

var refusals = map[access.Refusal]string{
	access.NotAssigned:     "nothing is assigned to them that would let them in",
	access.AssignmentEnded: "their assignment has ended",
	access.ForbiddenByRule: "a rule forbids it",
	access.NotPermitted:    "there are rules that let some in, and none of them matches",
	access.RuleFailed:      "a rule could not be evaluated, and so it keeps out",
	access.NoSuchSet:       "there is no such permission set",
	access.NoRole:          "the sign-in names no role that is registered here",
	access.RoleDenied:      "no role lets them through",
	access.StepUpNeeded:    "they have to sign in again, in another way or more recently",
	roleUnknown:            "it takes a role, and which ones their sign-in brings is known once they sign in",
}

// verdict is the answer in one sentence.
func verdict(a *ui.ReachAnswer, app, set string, refusal access.Refusal) string {
	what := app
	if set != "" {
		what += " as " + set
	}
	if refusal == access.StepUpNeeded {
		return "Not yet: " + a.Who + " has to sign in again, in another way or more recently, to open " + what + "."
	}
	if a.Allowed {
		return "Yes: " + a.Who + " can open " + what + "."
	}
	return "No: " + a.Who + " can't open " + what + ": " + cmp.Or(refusals[refusal], string(refusal)) + "."
}
