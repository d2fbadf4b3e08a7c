package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"sallyport/config"
)

func (p *program) healthcheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask the service on this machine whether it lives; for containers",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load(nil)
			if err != nil {
				return err
			}
			request, err := http.NewRequestWithContext(cmd.Context(), http.MethodGet, healthAddress(c), nil)
			if err != nil {
				return fmt.Errorf("ask %s: %w", c.Listen, err)
			}
			response, err := healthClient(c).Do(request)
			if err != nil {
				return fmt.Errorf("the service does not answer: %w", err)
			}
			defer response.Body.Close()
			if response.StatusCode != http.StatusOK {
				return fmt.Errorf("the service answers %s", response.Status)
			}
			_, err = fmt.Fprintln(p.out, "healthy")
			return err
		},
	}
}

// healthAddress is /healthz at the listener; one that listens everywhere is
// asked on loopback.
func healthAddress(c *config.Config) string {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "localhost"
	}
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(host, port), Path: "/healthz"}
	if c.TLS.On() {
		u.Scheme = "https"
	}
	return u.String()
}

// healthClient asks our own listener by its address, for which no certificate
// is issued; the answer says nothing that would have to be protected.
func healthClient(c *config.Config) *http.Client {
	client := &http.Client{Timeout: 5 * time.Second}
	if c.TLS.On() {
		client.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	}
	return client
}
