package web

import (
	"net/http"
	"time"

	"sallyport/session"
	"sallyport/web/ui"
)

// session shows the present session, as a page or as JSON.
func (s *Server) session(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	groups, err := s.console.GroupsOf(r.Context(), ses)
	if err != nil {
		return err
	}
	if wantsJSON(r) {
		writeJSON(w, http.StatusOK, viewOf(ses, groups))
		return nil
	}
	page := ui.Session{Session: ses, IDPName: ses.IDP, Groups: groups}
	if c := s.o.Registry.Connection(ses.IDP); c != nil {
		page.IDPName = c.Provider.Name
	}
	return s.ui.Render(w, http.StatusOK, ses.UserName, page)
}

// sessionView is the session for programs. Its names are a promise.
type sessionView struct {
	User         string    `json:"user"`
	NameID       string    `json:"name_id"`
	NameIDFormat string    `json:"name_id_format"`
	SubType      string    `json:"sub_type"`
	IDP          string    `json:"idp"`
	Groups       []string  `json:"groups"`
	Tags         []tagView `json:"tags"`
	ExpiresAt    time.Time `json:"expires_at"`
}

type tagView struct {
	Key        string `json:"key"`
	Value      string `json:"value"`
	Source     string `json:"source"`
	Transitive bool   `json:"transitive"`
}

func viewOf(ses *session.Session, groups []string) sessionView {
	view := sessionView{
		User:         ses.UserName,
		NameID:       ses.NameID.Value,
		NameIDFormat: ses.NameID.Format,
		SubType:      ses.SubType,
		IDP:          ses.IDP,
		Groups:       append([]string{}, groups...), // never null
		Tags:         []tagView{},                   // never null
		ExpiresAt:    ses.ExpiresAt.UTC(),
	}
	for _, t := range ses.Tags {
		view.Tags = append(view.Tags, tagView{t.Key, t.Value, t.Source, t.Transitive})
	}
	return view
}
