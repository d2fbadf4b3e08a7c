package config_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/config"
)

func TestPrecedence(t *testing.T) {
	file := write(t, "base_url: https://file.example.com\nlisten: 127.0.0.1:1111\nlog: {level: warn}\nmetrics: {listen: 127.0.0.1:9999}\n")
	t.Setenv("SALLYPORT_LISTEN", "127.0.0.1:2222")
	t.Setenv("SALLYPORT_LOG_LEVEL", "debug")
	t.Setenv("SALLYPORT_TRUSTED_PROXIES", "10.0.0.0/8,192.0.2.1")
	t.Setenv("SALLYPORT_SHUTDOWN_DELAY", "5s")
	t.Setenv("SALLYPORT_STORE_URL", "postgres://u:hunter2@db/sallyport")

	c, err := config.Load(file, map[string]string{"listen": "127.0.0.1:3333"})
	if err != nil {
		t.Fatal(err)
	}
	got := []any{c.BaseURL, c.Listen, c.Log.Level, c.Log.Format, c.Metrics.Listen, c.TrustedProxies, c.ShutdownDelay, c.Store.URL.Reveal()}
	want := []any{"https://file.example.com", "127.0.0.1:3333", "debug", "auto", "127.0.0.1:9999", []string{"10.0.0.0/8", "192.0.2.1"}, 5 * time.Second, "postgres://u:hunter2@db/sallyport"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	proxies, err := c.Proxies()
	if err != nil || fmt.Sprint(proxies) != "[10.0.0.0/8 192.0.2.1/32]" {
		t.Errorf("proxies = %v, %v", proxies, err)
	}
}

func TestEnvironmentAlone(t *testing.T) {
	t.Setenv("SALLYPORT_BASE_URL", "https://sso.example.com/")
	t.Setenv("SALLYPORT_DATA_DIR", "/srv/sallyport")
	c, err := config.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.BaseURL != "https://sso.example.com" || c.Store.URL.Reveal() != "sqlite:///srv/sallyport/sallyport.db" || !c.Secure() {
		t.Errorf("base_url %q, store.url %q, secure %v", c.BaseURL, c.Store.URL.Reveal(), c.Secure())
	}
}

func TestRelativePathsFollowTheFile(t *testing.T) {
	file := write(t, "base_url: https://sso.example.com\n")
	c, err := config.Load(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(filepath.Dir(file), "data"); c.DataDir != want {
		t.Errorf("data_dir = %s, want %s", c.DataDir, want)
	}
}

func TestSecretsFromFiles(t *testing.T) {
	dir := t.TempDir()
	secret := base64.StdEncoding.EncodeToString(make([]byte, config.SecretBytes))
	for name, text := range map[string]string{"secret": secret + "\n", "url": "postgres://u:p@db/x\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(file, []byte("base_url: https://sso.example.com\nsecret_file: secret\nstore: {url_file: url}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := c.SealingSecret(); err != nil || len(raw) != config.SecretBytes {
		t.Errorf("secret of %d bytes, %v", len(raw), err)
	}
	if c.Store.URL.Reveal() != "postgres://u:p@db/x" {
		t.Errorf("store.url = %q", c.Store.URL.Reveal())
	}
	if _, err := config.Load(file, map[string]string{"secret": secret}); err == nil || !strings.Contains(err.Error(), "leave one out") {
		t.Errorf("both secret and secret_file: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, text string
		keys       []string // that the refusal names, all of them
	}{
		{"nothing said", "", []string{"base_url"}},
		{"misspelt keys", "base_url: https://a.example\npublic_ulr: x\nstore: {ulr: y}\n", []string{"public_ulr", "store.ulr"}},
		{"path in base_url", "base_url: https://a.example/sso\n", []string{"base_url"}},
		{"upper-case host", "base_url: https://A.example\n", []string{"base_url"}},
		{"userinfo", "base_url: https://u@a.example\n", []string{"base_url"}},
		{"plain http", "base_url: http://a.example\n", []string{"base_url", "insecure_http"}},
		{"no scheme", "base_url: sso.example.com\n", []string{"base_url"}},
		{"all at once", "base_url: ftp://a\nlisten: nowhere\nlog: {level: loud, format: xml}\nstore: {url: mysql://x}\ntls: {cert_file: a.pem}\nsecret: short\ntrusted_proxies: [nobody]\nshutdown_timeout: 0s\nshutdown_delay: -1s\n",
			[]string{"base_url", "listen", "log.level", "log.format", "store.url", "tls", "secret", "trusted_proxies", "shutdown_timeout", "shutdown_delay"}},
		{"wrong kinds", "base_url: https://a.example\nshutdown_delay: soon\ninsecure_http: perhaps\n", []string{"shutdown_delay", "insecure_http"}},
		{"scalar for a group", "base_url: https://a.example\nstore: mysql\n", []string{"store"}},
		{"metrics on the main listener", "base_url: https://a.example\nmetrics: {listen: '127.0.0.1:8080'}\n", []string{"metrics.listen"}},
		{"webhook without a secret", "base_url: https://a.example\nwebhook: {url: 'https://hooks.example.com/'}\n", []string{"webhook.secret"}},
		{"webhook with a short secret", "base_url: https://a.example\nwebhook: {url: 'https://hooks.example.com/', secret: short}\n", []string{"webhook.secret"}},
		{"webhook by plain http", "base_url: https://a.example\nwebhook: {url: 'http://hooks.example.com/', secret: 0123456789abcdef}\n", []string{"webhook.url"}},
		{"webhook with a password", "base_url: https://a.example\nwebhook: {url: 'https://u:p@hooks.example.com/', secret: 0123456789abcdef}\n", []string{"webhook.url"}},
		{"webhook to nowhere", "base_url: https://a.example\nwebhook: {url: 'hooks.example.com', secret: 0123456789abcdef}\n", []string{"webhook.url"}},
		{"duplicate key", "base_url: https://a.example\nbase_url: https://b.example\n", []string{"base_url"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := config.Load(write(t, c.text), nil)
			if err == nil {
				t.Fatalf("accepted: %+v", got)
			}
			for _, key := range c.keys {
				if !strings.Contains(err.Error(), key) {
					t.Errorf("%q is not named in:\n%v", key, err)
				}
			}
		})
	}
}

func TestAccepted(t *testing.T) {
	for _, text := range []string{
		"base_url: http://127.0.0.1:8080\n",
		"base_url: http://localhost:8080\n",
		"base_url: http://[::1]:8080\n",
		"base_url: http://sso.example.com\ninsecure_http: true\n",
		"base_url: https://sso.example.com/\nstore:\n",
		"base_url: https://sso.example.com:8443\nlisten: ':0'\n",
		"base_url: https://sso.example.com\nwebhook: {url: 'https://10.1.2.3/x?y=z', secret: 0123456789abcdef}\n",
		"base_url: https://sso.example.com\nwebhook: {url: 'http://127.0.0.1:9/', secret: 0123456789abcdef}\n",
	} {
		if _, err := config.Load(write(t, text), nil); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestProblemsAreTyped(t *testing.T) {
	_, err := config.Load("", nil)
	var problems config.Problems
	if !errors.As(err, &problems) || len(problems) != 1 || problems[0].Key != "base_url" {
		t.Errorf("got %#v", err)
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	c := config.Config{
		Secret: "hunter2", Store: config.Store{URL: "hunter2"},
		Webhook: config.Webhook{URL: "https://hooks.example.com/hunter2", Secret: "hunter2"},
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "c", c, "s", c.Secret)
	for _, shown := range []string{
		fmt.Sprint(c), fmt.Sprintf("%+v %#v %s %q %x %d", c, c, c.Secret, c.Secret, c.Secret, c.Secret), string(encoded), log.String(),
	} {
		if strings.Contains(shown, "hunter2") || strings.Contains(shown, fmt.Sprintf("%x", "hunter2")) {
			t.Errorf("leaked: %s", shown)
		}
		if !strings.Contains(shown, "[redacted]") {
			t.Errorf("says nothing: %s", shown)
		}
	}
}

func TestWrongKindDoesNotPrintTheValue(t *testing.T) {
	_, err := config.Load(write(t, "base_url: https://a.example\nsecret: [hunter2]\nshutdown_delay: hunter2\nwebhook: {url: 'hunter2'}\n"), nil)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
