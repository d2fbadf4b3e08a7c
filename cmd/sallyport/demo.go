package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"sallyport/access"
	"sallyport/config"
	"sallyport/idp"
	"sallyport/internal/testidp"
)

// draftSlug is the demo's second connection: for trying upload, review and
// activation.
const draftSlug = "second"

func (p *program) demoCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Try it out: a temporary service with a test identity provider, on this machine only",
		Long: `Starts the service on a temporary database together with a test identity
provider and three applications, all on loopback. Anyone on this machine may be
anyone there, so nothing else can be done with it. Everything is removed at the
end (Ctrl-C).`,
		Args: arguments(),
	}
	port := cmd.Flags().Int("port", 8080, "`port` of the service; 0 for any that is free")
	idpPort := cmd.Flags().Int("idp-port", 8081, "`port` of the test identity provider; 0 for any that is free")
	appPort := cmd.Flags().Int("app-port", 8082, "`port` of the applications; 0 for any that is free")
	logs := cmd.Flags().String("log-level", "warn", "debug, info, warn or error")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		d := &demo{}
		for _, one := range []struct {
			flag string
			port int
			into *net.Listener
		}{{"--port", *port, &d.service}, {"--idp-port", *idpPort, &d.twin}, {"--app-port", *appPort, &d.apps}} {
			*one.into, err = net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(one.port)))
			if err != nil {
				return errors.Join(fmt.Errorf("port %d is taken: choose another with %s: %w", one.port, one.flag, err), d.close())
			}
		}
		return errors.Join(p.demonstrate(cmd.Context(), d, *logs), d.close())
	}
	return cmd
}

// demo is what stands around the service in a demonstration.
type demo struct {
	service, twin, apps net.Listener
	idp                 *testidp.IDP
	proxy               *demoProxy
	robot               demoRobot
}

// demoAdministrator may enter the console by signing in.
const demoAdministrator = "ann@example.com"

// demonstrate serves from a folder that is removed at the end.
func (p *program) demonstrate(ctx context.Context, d *demo, logLevel string) (err error) {
	dir, err := os.MkdirTemp("", "sallyport-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	c := config.Default()
	c.BaseURL = address(d.service)
	c.DataDir = dir
	c.Store.URL = config.Secret("sqlite://" + filepath.Join(dir, "sallyport.db"))
	c.Log.Level = logLevel
	c.TrustedProxies = []string{"127.0.0.1"} // the one in front of the applications
	if err := c.Validate(); err != nil {
		return err
	}
	d.idp, err = testidp.New(testidp.Options{
		BaseURL: address(d.twin),
		SPs: []testidp.SP{
			{EntityID: c.BaseURL + "/saml/" + idp.Default + "/metadata", ACS: c.BaseURL + "/saml/" + idp.Default + "/acs"},
			{EntityID: c.BaseURL + "/saml/" + draftSlug + "/metadata", ACS: c.BaseURL + "/saml/" + draftSlug + "/acs", SLO: c.BaseURL + "/saml/" + draftSlug + "/slo"},
		},
		// Read when it is first needed: it says how to encrypt for us.
		SPMetadataURL: c.BaseURL + "/saml/" + idp.Default + "/metadata",
		Apps:          demoTiles(),
		SingleLogout:  true,
	})
	if err != nil {
		return fmt.Errorf("make the test identity provider: %w", err)
	}
	if d.proxy, err = newDemoProxy(c.BaseURL, demoApplications()); err != nil {
		return fmt.Errorf("make the proxy: %w", err)
	}
	s := &service{program: p, config: &c, demo: d}
	return s.run(ctx)
}

func address(l net.Listener) string { return "http://" + l.Addr().String() }

func (d *demo) close() error {
	var failed error
	for _, l := range []net.Listener{d.service, d.twin, d.apps} {
		if l == nil {
			continue
		}
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// servers are the demo's listeners with what answers on them.
func (d *demo) servers(people http.Handler) listeners {
	return listeners{
		{d.service, newServer(people)},
		{d.twin, newServer(d.idp)},
		{d.apps, newServer(d.proxy)},
	}
}

// welcome imports and activates the test identity provider, adds the
// applications, has people and groups provisioned, lets groups in, and says
// what to open.
func (d *demo) welcome(ctx context.Context, s *service) error {
	if err := d.furnish(ctx, s.house); err != nil {
		return fmt.Errorf("prepare the demo: %w", err)
	}
	link, err := s.house.adminLink(ctx, "system")
	if err != nil {
		return fmt.Errorf("make the administrator's link: %w", err)
	}
	s.say(`
Sallyport demo. Everything is on this machine and gone at the end (Ctrl-C).

  The company's app portal:  %s/
      Choose who you are and click a tile: you land in the application. Or let
      the identity provider misbehave, and see the refusal.

  The administrator:         %s
      Works once; Ann may also enter at %s after signing in.
      Look up a refusal by its reference; or upload
      %s
      to the connection %q, review it and activate it.

  Who may go where:          %s
      Grafana is for engineering, payroll for finance, and a rule keeps
      contractors like Chloe out. Ask there why Ben can't open Grafana.

  An application:            %s
      The proxy in front of it asks about each request. Open it signed out, or
      as somebody else, and see what it is told of you.

  Provisioning by SCIM:      %s
      The portal's people and groups came that way. Put Ben out, and look at
      his next page, and at the provisioning log in the console:

      curl -X PATCH -H 'Authorization: Bearer %s' \
        -H 'Content-Type: application/scim+json' \
        -d '{"Operations":[{"op":"replace","path":"active","value":false}]}' \
        %s/Users/%s

  Your applications:         %s/
`, address(d.twin), link, s.config.BaseURL+"/admin", address(d.twin)+testidp.MetadataPath, draftSlug, s.config.BaseURL+"/admin/reach", address(d.apps)+"/wiki/",
		d.robot.base, d.robot.token, d.robot.base, d.robot.ben, s.config.BaseURL)
	return nil
}

func (d *demo) furnish(ctx context.Context, h *house) error {
	if _, err := h.idps.ImportMetadata(ctx, idp.Import{
		Slug: idp.Default, Raw: d.idp.Metadata(), Source: idp.FromCommand, SourceName: "metadata.xml", Actor: actor,
	}); err != nil {
		return err
	}
	if _, err := h.idps.Activate(ctx, idp.Default, 0, actor); err != nil {
		return err
	}
	if _, err := h.idps.Create(ctx, draftSlug, "A second connection, to try things with", actor); err != nil {
		return err
	}
	if _, err := h.administrators.Grant(ctx, idp.Default, access.Administrator, false, demoAdministrator, actor); err != nil {
		return err
	}
	if err := d.addApplications(ctx, h); err != nil {
		return err
	}
	if err := d.provision(ctx, h); err != nil {
		return err
	}
	return d.assign(ctx, h)
}
