package config

import (
	"encoding/base64"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// SecretBytes is the length of the secret that seals our private keys.
const SecretBytes = 32

// webhookSecretLength is the least that is worth calling a secret.
const webhookSecretLength = 16

// Problem is what is wrong with one key.
type Problem struct {
	Key  string
	Says string
}

// Problems are all that is wrong with a configuration.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.Key + ": " + one.Says
	}
	return strings.Join(lines, "\n")
}

func (p Problems) orNil() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// Validate names everything that is wrong, as [Problems]; nil where nothing is.
func (c *Config) Validate() error {
	var found Problems
	say := func(key, format string, args ...any) {
		found = append(found, Problem{Key: key, Says: fmt.Sprintf(format, args...)})
	}
	if says := c.checkBaseURL(); says != "" {
		say("base_url", "%s", says)
	}
	if says := checkAddress(c.Listen); says != "" {
		say("listen", "%s", says)
	}
	if c.Metrics.Listen != "" {
		if says := checkAddress(c.Metrics.Listen); says != "" {
			say("metrics.listen", "%s", says)
		} else if c.Metrics.Listen == c.Listen {
			say("metrics.listen", "is the address of listen: choose another port, because metrics are not for everybody")
		}
	}
	if _, err := c.Proxies(); err != nil {
		say("trusted_proxies", "%s", err)
	}
	if c.DataDir == "" {
		say("data_dir", "is empty")
	}
	if c.Secret != "" {
		if _, err := c.SealingSecret(); err != nil {
			say("secret", "%s", err)
		}
	}
	if scheme, _, _ := strings.Cut(c.Store.URL.Reveal(), ":"); scheme != "sqlite" && scheme != "postgres" && scheme != "postgresql" {
		say("store.url", "must begin with sqlite:// or postgres://")
	}
	if (c.TLS.CertFile == "") != (c.TLS.KeyFile == "") {
		say("tls", "needs both cert_file and key_file, or neither")
	}
	if c.Webhook.URL != "" {
		if says := checkWebhookURL(c.Webhook.URL.Reveal()); says != "" {
			say("webhook.url", "%s", says)
		}
		if len(c.Webhook.Secret) < webhookSecretLength {
			say("webhook.secret", "must have %d characters at least, because receivers trust what it signs; openssl rand -hex 32 makes one", webhookSecretLength)
		}
	}
	switch c.Log.Level {
	case "debug", "info", "warn", "error":
	default:
		say("log.level", "is %q: use debug, info, warn or error", c.Log.Level)
	}
	switch c.Log.Format {
	case FormatAuto, FormatText, FormatJSON:
	default:
		say("log.format", "is %q: use auto, text or json", c.Log.Format)
	}
	if c.ShutdownDelay < 0 {
		say("shutdown_delay", "is negative")
	}
	if c.ShutdownTimeout <= 0 {
		say("shutdown_timeout", "must be more than 0s")
	}
	return found.orNil()
}

func (c *Config) checkBaseURL() string {
	if c.BaseURL == "" {
		return "is missing: the address under which people reach this service, such as https://sso.example.com"
	}
	u, err := url.Parse(c.BaseURL)
	switch {
	case err != nil, u.Host == "", u.Hostname() == "", u.Scheme != "https" && u.Scheme != "http":
		return fmt.Sprintf("is %q: give scheme and host, such as https://sso.example.com", c.BaseURL)
	case u.User != nil, u.Path != "", u.RawQuery != "", u.ForceQuery, u.Fragment != "":
		return fmt.Sprintf("is %q: give scheme and host alone, without path or query", c.BaseURL)
	case u.Hostname() != strings.ToLower(u.Hostname()):
		return fmt.Sprintf("is %q: write the host in lower case, as browsers send it", c.BaseURL)
	case u.Scheme == "http" && !loopback(u.Hostname()) && !c.InsecureHTTP:
		return "is plain http, which lets anyone on the way take over sessions: use https, or set insecure_http to true on a closed test network"
	}
	return ""
}

// checkWebhookURL never repeats the address: it may hold a password.
func checkWebhookURL(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Hostname() == "", u.Scheme != "https" && u.Scheme != "http":
		return "is no address: give one such as https://hooks.example.com/sallyport"
	case u.User != nil, u.Fragment != "":
		return "has a user name or a fragment (#...): leave it out"
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return "is plain http, which anyone on the way can read: use https"
	}
	return ""
}

// loopback reports whether host can't be reached from elsewhere: this machine,
// or a name that is kept for tests (RFC 6761 section 6.2).
func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".test") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

func checkAddress(address string) string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Sprintf("is %q: give host:port, such as 127.0.0.1:8080", address)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Sprintf("is %q: the port must be a number up to 65535", address)
	}
	return ""
}

// Secure reports whether people reach this service by https.
func (c *Config) Secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// Proxies are the networks whose X-Forwarded-For is believed.
func (c *Config) Proxies() ([]netip.Prefix, error) {
	var found []netip.Prefix
	for _, text := range c.TrustedProxies {
		text = strings.TrimSpace(text)
		if ip, err := netip.ParseAddr(text); err == nil {
			found = append(found, netip.PrefixFrom(ip, ip.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8", text)
		}
		found = append(found, prefix.Masked())
	}
	return found, nil
}

// SealingSecret decodes Secret: 32 bytes in base64.
func (c *Config) SealingSecret() ([]byte, error) {
	raw, err := base64.StdEncoding.DecodeString(c.Secret.Reveal())
	if err != nil || len(raw) != SecretBytes {
		return nil, fmt.Errorf("must be %d random bytes in base64; openssl rand -base64 %d makes one", SecretBytes, SecretBytes)
	}
	return raw, nil
}

// typeErrors turns a decoder's error into Problems. Values are left out: one
// of them may be a secret in the wrong place.
func typeErrors(err error) error {
	var found Problems
	var walk func(err error, key string)
	walk = func(err error, key string) {
		if one, ok := err.(interface{ Name() string }); ok && one.Name() != "" {
			key = one.Name()
		}
		switch inner := err.(type) {
		case interface{ Unwrap() []error }:
			for _, e := range inner.Unwrap() {
				walk(e, key)
			}
		case interface{ Unwrap() error }:
			walk(inner.Unwrap(), key)
		default:
			found = append(found, Problem{Key: key, Says: "has a value of the wrong kind; config.example.yaml says which one it takes"})
		}
	}
	walk(err, "configuration")
	return found
}
