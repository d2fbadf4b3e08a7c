package main

import (
	"context"
	"path"

	"sallyport/access"
)

// addApplications adds the demo's applications and permission sets.
func (d *demo) addApplications(ctx context.Context, h *house) error {
	for _, s := range access.Starters() {
		if err := h.apps.AddPermissionSet(ctx, s, actor); err != nil {
			return err
		}
	}
	for _, a := range demoCatalog {
		application := access.Application{
			Name: a.name, Title: a.title, Description: a.description, URL: address(d.apps) + "/" + a.name, AskWhom: a.askWhom,
		}
		if a.group != "" {
			application.Entry = access.Assigned
		}
		if a.deep != "" {
			application.Links = []access.DeepLink{{Name: path.Base(a.deep), Title: a.place, Path: "/" + a.deep}}
		}
		if a.name == demoRule.app {
			application.Rules = []access.Rule{{Name: demoRule.name, Text: demoRule.text}}
		}
		if err := h.apps.Add(ctx, &application, actor); err != nil {
			return err
		}
	}
	return nil
}

// assign lets groups in, once the robot has made them.
func (d *demo) assign(ctx context.Context, h *house) error {
	var all []*access.Assignment
	for _, a := range demoCatalog {
		if a.group == "" {
			continue
		}
		group, err := h.groupCalled(ctx, a.group, "")
		if err != nil {
			return err
		}
		set, err := h.permissionSet(a.set)
		if err != nil {
			return err
		}
		all = append(all, &access.Assignment{
			Principal: access.Principal{Kind: access.ToGroup, ID: group.ID}, ApplicationID: h.apps.Application(a.name).ID, PermissionSetID: set.ID,
		})
	}
	_, err := h.apps.Grant(ctx, all, actor)
	return err
}
