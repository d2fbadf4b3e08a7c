package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"sallyport/gateway/doctor"
)

func (p *program) doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor URL",
		Short: "Test a deployed application from outside",
		Long: `Opens a page of an application behind the gateway as a stranger would, and
says whether the proxy in front of it keeps people out who are not signed in,
drops forged headers, and tells the truth about host and address. It sends
about a hundred GET requests and changes nothing.

Whether forged headers arrive at the application shows only to somebody who is
signed in: give the value of the cookie sallyport-app (or __Host-sallyport-app) of
a session of yours in --token-file ("-": standard input), and with --echo the
path of a page that shows the headers it got, where there is one.

Exit code 1 where anything is bad. Run it from outside the network, and again
from inside with --upstream.`,
		Args: arguments("URL"),
	}
	flags := cmd.Flags()
	base := flags.String("base-url", "", "base_url of Sallyport, to know its sign-in page from another's")
	echo := flags.String("echo", "", "path of a page of the application that shows the headers it got")
	tokenFile := flags.String("token-file", "", "file with the value of the session cookie of the application's host")
	upstream := flags.String("upstream", "", "HOST:PORT of the application itself, which nobody but the proxy should reach")
	format := resultFlag(cmd)
	ca := flags.String("ca-file", "", "PEM file with certificates that are trusted beside the system's")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := checkResult(*format); err != nil {
			return err
		}
		o := doctor.Options{URL: args[0], BaseURL: strings.TrimRight(*base, "/"), Echo: *echo, Upstream: *upstream}
		if *tokenFile != "" {
			token, err := p.readToken(cmd.InOrStdin(), *tokenFile)
			if err != nil {
				return err
			}
			o.Token = token
		}
		client, err := clientTrusting(*ca)
		if err != nil {
			return err
		}
		o.Client = client
		return p.examine(cmd.Context(), o, *format)
	}
	return cmd
}

func (p *program) examine(ctx context.Context, o doctor.Options, format string) error {
	found, err := doctor.Examine(ctx, o)
	if err != nil {
		return err
	}
	if format == "text" {
		p.tellFindings(found)
	}
	if err := p.result(format, found); err != nil {
		return err
	}
	if !doctor.Healthy(found) {
		return errors.New("not everything is as it should be")
	}
	return nil
}

func (p *program) tellFindings(found []doctor.Finding) {
	for _, f := range found {
		_, _ = fmt.Fprintf(p.out, "%-8s %s: %s.\n", f.Outcome, f.Check, f.Says)
		if f.Fix != "" {
			_, _ = fmt.Fprintf(p.out, "         %s\n", f.Fix)
		}
	}
}

// readToken reads a session's token from a file, or from standard input: in the
// command line other people of the machine could see it.
func (p *program) readToken(stdin io.Reader, file string) (string, error) {
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", fmt.Errorf("read the session's token: %w", err)
		}
		defer f.Close()
		stdin = f
	}
	text, err := io.ReadAll(io.LimitReader(stdin, 4096))
	if err != nil {
		return "", fmt.Errorf("read the session's token: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// clientTrusting is a client that trusts the certificates of a file, too.
func clientTrusting(file string) (*http.Client, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read certificates: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM", file)
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}, nil
}
