package admin

import (
	"net/http"
	"strings"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// ProvisioningLog lists what robots asked for.
func (c *Console) ProvisioningLog(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	query := r.URL.Query()
	page := ui.ProvisioningLog{IDPs: c.providers(), Filter: ui.LogFilter{
		IDP: query.Get("idp"), Person: strings.TrimSpace(query.Get("person")), Object: query.Get("object"), Show: query.Get("show"),
	}}
	page.Filtering = page.Filter != ui.LogFilter{}
	records, err := c.Directory.Records(r.Context(), directory.RecordFilter{
		IDP:      page.Filter.IDP,
		Person:   page.Filter.Person,
		ObjectID: page.Filter.Object,
		Failed:   page.Filter.Show == "failed",
		Changes:  page.Filter.Show == "changes",
		Before:   query.Get("before"),
		Limit:    perPage + 1,
	})
	if err != nil {
		return err
	}
	page.Records, page.Older = cut(records, "/admin/provisioning", query, func(r *directory.Record) string { return r.ID })
	return c.show(w, r, page)
}

// ProvisioningRecord shows one request.
func (c *Console) ProvisioningRecord(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	record, err := c.Directory.Record(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	page, err := c.recordPage(r, record)
	if err != nil {
		return err
	}
	return c.show(w, r, page)
}

// ReplayRecord works out what the same request would do now, and keeps
// nothing but the note that somebody asked.
func (c *Console) ReplayRecord(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	record, err := c.Directory.Record(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if c.Replay == nil {
		return fault.New(fault.NotFound, "Requests can't be tried again here.")
	}
	e := audit.New(audit.ProvisioningReplayed, actor(ses))
	e.IDP, e.Person, e.Object, e.ClientIP = record.IDP, record.Person, "provisioning:"+record.ID, clientIP(r)
	if err := c.Events.AppendEvent(r.Context(), e); err != nil {
		return err
	}
	replay, refused := c.Replay(r.Context(), record)
	if refused != nil && !again(refused) {
		return refused
	}
	page, err := c.recordPage(r, record)
	if err != nil {
		return err
	}
	if refused != nil {
		page.Error = public(refused)
		return c.showRefusal(w, r, refused, page)
	}
	page.Replay = replay
	return c.show(w, r, page)
}

// recordPage keeps the body out of the page: it holds what an identity
// provider says of people, and what became of it is shown beside.
func (c *Console) recordPage(r *http.Request, record *directory.Record) (ui.ProvisioningRecord, error) {
	page := ui.ProvisioningRecord{Record: record, IDPName: c.nameOf(record.IDP), Sent: len(record.Body)}
	bodiless := record.Method == http.MethodGet || record.Method == http.MethodDelete
	page.Replayable = c.Replay != nil && (page.Sent > 0 || bodiless)
	if record.ObjectID == "" {
		return page, nil
	}
	var err error
	switch record.Resource {
	case "User":
		if _, err = c.Directory.User(r.Context(), record.ObjectID); err == nil {
			page.PersonPath = personPath(record.ObjectID)
		}
	case "Group":
		if _, err = c.Directory.Group(r.Context(), "", record.ObjectID); err == nil {
			page.GroupPath = groupPath(record.ObjectID)
		}
	}
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return page, err
	}
	return page, nil
}
