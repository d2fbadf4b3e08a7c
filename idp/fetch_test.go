package idp_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/store"
)

func TestAddressesThatAreNotPublic(t *testing.T) {
	for _, a := range []string{
		"127.0.0.1", "127.8.8.8", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
		"169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16", "224.0.0.1", "239.1.1.1",
		"240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
		"::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "2001:db8::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1",
		"2002:7f00:1::", "2001::1", "100::1",
	} {
		if idp.IsPublic(netip.MustParseAddr(a)) {
			t.Errorf("%s passes for public", a)
		}
	}
	for _, a := range []string{"8.8.8.8", "20.190.128.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"} {
		if !idp.IsPublic(netip.MustParseAddr(a)) {
			t.Errorf("%s does not pass for public", a)
		}
	}
}

func TestMetadataIsFetchedFromPublicAddressesOnly(t *testing.T) {
	asked := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	r, _ := registry(t)
	for _, url := range []string{server.URL, "https://localhost:" + port, "https://[::1]:" + port + "/", "https://[::ffff:127.0.0.1]:" + port + "/", "https://169.254.169.254/latest/meta-data/"} {
		_, err := r.ImportURL(t.Context(), "corp", url, "", "user:1")
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Public(err), "private network") {
			t.Errorf("%s: %v", url, err)
		}
	}
	if asked {
		t.Error("the private server was asked")
	}
}

func TestMetadataURLs(t *testing.T) {
	r, _ := registry(t)
	for _, url := range []string{
		"", "metadata.xml", "/etc/passwd", "file:///etc/passwd", "http://idp.example.net/", "ftp://idp.example.net/", "gopher://x/",
		"https://", "https://u:p@idp.example.net/", "https://idp.example.net/#x", "https://idp.example.net/\nx", "https:idp.example.net", "javascript:alert(1)",
		"https://idp.example.net/" + strings.Repeat("a", 2048),
	} {
		_, err := r.ImportURL(t.Context(), "corp", url, "", "user:1")
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Public(err), "must be an absolute address") {
			t.Errorf("%q: %v", url, err)
		}
	}
}

// far is a registry whose fetches to idp.example.net all arrive at handler.
func far(t *testing.T, handler http.HandlerFunc) (*idp.Registry, *store.DB, string) {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	through := server.Client().Transport.(*http.Transport).Clone()
	through.TLSClientConfig.ServerName = "example.com" // what httptest's certificate says
	through.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
	}
	r, db := registry(t, func(o *idp.Options) { o.Client = &http.Client{Transport: through} })
	return r, db, "https://idp.example.net/metadata"
}

func TestFetchRefuses(t *testing.T) {
	for what, tc := range map[string]struct {
		handler http.HandlerFunc
		says    string
	}{
		"another host": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://10.0.0.1/", http.StatusFound)
		}, "another host"},
		"another port": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://idp.example.net:8443/", http.StatusFound)
		}, "another host"},
		"plain http": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://idp.example.net/", http.StatusFound)
		}, "another host"},
		"a file": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		}, "another host"},
		"a circle":        {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/metadata", http.StatusFound) }, "too often"},
		"no such page":    {http.NotFound, "answered 404"},
		"our failure":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "answered 502"},
		"a web page":      {func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("<!doctype html><html>")) }, "web page"},
		"nothing":         {func(http.ResponseWriter, *http.Request) {}, "empty"},
		"a broken answer": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "could not be reached"},
		"too much": {func(w http.ResponseWriter, _ *http.Request) {
			chunk := make([]byte, 64<<10)
			for range idp.MaxMetadata/len(chunk) + 2 {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}, "larger than 5 MB"},
	} {
		t.Run(what, func(t *testing.T) {
			r, _, url := far(t, tc.handler)
			_, err := r.ImportURL(t.Context(), "corp", url, "", "user:1")
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Public(err), tc.says) {
				t.Errorf("got %v, want a sentence with %q", err, tc.says)
			}
			if r.Connection("corp") != nil {
				t.Error("it made a connection")
			}
		})
	}
}

func TestFetchFollowsTheSameHost(t *testing.T) {
	raw := metadata(entity, certificate(t, 400))
	r, _, url := far(t, func(w http.ResponseWriter, r *http.Request) {
		if len(r.Cookies()) > 0 {
			t.Error("a cookie came back")
		}
		if r.URL.Path == "/metadata" {
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
			http.Redirect(w, r, "/there?appid=1", http.StatusFound)
			return
		}
		w.Write(raw)
	})
	p, err := r.ImportURL(t.Context(), "corp", url, "", "user:1")
	if err != nil || p.Draft.EntityID != entity || p.MetadataURL != url || p.Draft.SourceName != url || p.RefreshedAt.IsZero() {
		t.Errorf("ImportURL = %+v, %v", p, err)
	}
}

// transport is a far side without a network, for tests in a bubble of time.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func TestFetchGivesUpAfterTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := registry(t, func(o *idp.Options) {
			o.Client = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})}
		})
		began := time.Now()
		_, err := r.ImportURL(t.Context(), "corp", "https://idp.example.net/metadata", "", "user:1")
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Public(err), "did not answer within 10 seconds") {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("gave up after %v", took)
		}
	})
}
