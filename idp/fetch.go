package idp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

const (
	fetchTimeout = 10 * time.Second
	maxRedirects = 2
)

// fetcher gets metadata from addresses that an administrator typed in. It must
// not become a way into the network that this service stands in.
type fetcher struct {
	client       *http.Client
	allowPrivate bool
}

// newFetcher makes a fetcher over base, or over a client of its own whose
// dialer looks at the address after the name was resolved: also behind
// redirects, and when a name changes its mind.
func newFetcher(base *http.Client, allowPrivate bool) *fetcher {
	f := &fetcher{allowPrivate: allowPrivate}
	client := http.Client{}
	if base != nil {
		client.Transport = base.Transport
	} else {
		dialer := &net.Dialer{Timeout: fetchTimeout, Control: f.control}
		client.Transport = &http.Transport{
			Proxy:                  nil, // a proxy would resolve names out of our sight
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    fetchTimeout,
			ResponseHeaderTimeout:  fetchTimeout,
			MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives:      true,
			ForceAttemptHTTP2:      true,
		}
	}
	client.Timeout = fetchTimeout
	client.CheckRedirect = f.checkRedirect
	f.client = &client
	return f
}

var (
	errPrivateAddress = errors.New("the address is not public")
	errRedirect       = errors.New("the redirect is not followed")
)

// get fetches a document; its errors are fault.Invalid, each a sentence.
func (f *fetcher) get(ctx context.Context, address string) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxLocation || u.Hostname() == "" || u.User != nil || u.Fragment != "" ||
		strings.ContainsFunc(address, notInURI) || !f.schemeAllowed(u.Scheme) {
		return nil, invalid("The metadata URL must be an absolute address that begins with https:// and has neither a user name nor a fragment (#...).")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, invalid("The metadata URL can't be read.")
	}
	request.Header.Set("Accept", "application/samlmetadata+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1")
	request.Header.Set("User-Agent", "sallyport")
	response, err := f.client.Do(request)
	if err != nil {
		return nil, invalid("%s", f.sentence(err, u.Host))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, invalid("%s answered %d where metadata was expected. Open the metadata URL in a browser to see why.", u.Host, response.StatusCode)
	}
	raw, err := io.ReadAll(io.LimitReader(response.Body, MaxMetadata+1))
	if err != nil {
		return nil, invalid("%s", f.sentence(err, u.Host))
	}
	if len(raw) > MaxMetadata {
		return nil, invalid("The metadata of %s is larger than %d MB. Ask for the metadata of the one identity provider rather than of a whole federation.", u.Host, MaxMetadata>>20)
	}
	return raw, nil
}

func (f *fetcher) schemeAllowed(scheme string) bool {
	return scheme == "https" || scheme == "http" && f.allowPrivate
}

func (f *fetcher) checkRedirect(next *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects || next.URL.Host != via[0].URL.Host || !f.schemeAllowed(next.URL.Scheme) {
		return errRedirect
	}
	return nil
}

// sentence tells what went wrong without what the far side said.
func (f *fetcher) sentence(err error, host string) string {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	switch {
	case errors.Is(err, errPrivateAddress):
		return fmt.Sprintf("%s lies in a private network, and metadata is fetched from public addresses only. Upload the file instead.", host)
	case errors.Is(err, errRedirect):
		return fmt.Sprintf("%s sends on to another host, or too often. Give the address at which the metadata really is.", host)
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Sprintf("%s did not answer within %d seconds. Try again later, or upload the file.", host, int(fetchTimeout.Seconds()))
	case errors.As(err, &dns):
		return fmt.Sprintf("There is no host named %s. Check the metadata URL.", host)
	case errors.As(err, &certificate):
		return fmt.Sprintf("The TLS certificate of %s is not trusted here. Upload the file instead.", host)
	default:
		return fmt.Sprintf("%s could not be reached. Try again later, or upload the file.", host)
	}
}

// control sees each address before it is dialled.
func (f *fetcher) control(_, address string, _ syscall.RawConn) error {
	if f.allowPrivate {
		return nil
	}
	at, err := netip.ParseAddrPort(address)
	if err != nil || !isPublic(at.Addr()) {
		return errPrivateAddress
	}
	return nil
}

// notPublic are networks that netip's own predicates don't know (IANA special-
// purpose registries), those that carry IPv4 addresses inside IPv6, and the
// one public address at which a cloud answers its own machines.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"), // shared by carriers; metadata of one cloud
	netip.MustParsePrefix("168.63.129.16/32"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"),
	netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("100::/64"),
	netip.MustParsePrefix("2001::/23"),
	netip.MustParsePrefix("2001:db8::/32"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("3fff::/20"),
	netip.MustParsePrefix("5f00::/16"),
	netip.MustParsePrefix("fec0::/10"),
}

func isPublic(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range notPublic {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
