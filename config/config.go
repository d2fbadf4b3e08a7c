// Package config reads what is needed to start: where to listen, where the
// data lives, how to log. Everything else lives in the database.
//
// A value comes from a flag, else from the environment (SALLYPORT_STORE_URL
// for store.url), else from the file, else from [Default]. config.example.yaml
// explains every key.
package config

import "time"

// Config is everything that can be configured. Keys are the mapstructure
// names, joined by dots.
type Config struct {
	BaseURL         string        `mapstructure:"base_url"`
	Listen          string        `mapstructure:"listen"`
	InsecureHTTP    bool          `mapstructure:"insecure_http"`
	TrustedProxies  []string      `mapstructure:"trusted_proxies"`
	DataDir         string        `mapstructure:"data_dir"`
	Secret          Secret        `mapstructure:"secret"`
	SecretFile      string        `mapstructure:"secret_file"`
	Store           Store         `mapstructure:"store"`
	TLS             TLS           `mapstructure:"tls"`
	Metrics         Metrics       `mapstructure:"metrics"`
	Webhook         Webhook       `mapstructure:"webhook"`
	Log             Log           `mapstructure:"log"`
	ShutdownDelay   time.Duration `mapstructure:"shutdown_delay"`
	ShutdownTimeout time.Duration `mapstructure:"shutdown_timeout"`
}

// Store says where the database is.
type Store struct {
	URL     Secret `mapstructure:"url"` // may hold a password
	URLFile string `mapstructure:"url_file"`
}

// TLS names the certificate of the listener; both or neither.
type TLS struct {
	CertFile string `mapstructure:"cert_file"`
	KeyFile  string `mapstructure:"key_file"`
}

// On reports whether the listener speaks TLS itself.
func (t TLS) On() bool { return t.CertFile != "" }

// Metrics is the listener of /metrics; off where Listen is "".
type Metrics struct {
	Listen string `mapstructure:"listen"`
}

// Webhook is where events are told; off where URL is "".
type Webhook struct {
	URL        Secret `mapstructure:"url"` // some receivers' addresses are passwords
	Secret     Secret `mapstructure:"secret"`
	SecretFile string `mapstructure:"secret_file"`
}

// Log says how much is logged and in which form.
type Log struct {
	Level  string `mapstructure:"level"`
	Format string `mapstructure:"format"`
}

// Forms of a log.
const (
	FormatAuto = "auto" // text on a terminal, JSON otherwise
	FormatText = "text"
	FormatJSON = "json"
)

// Default is the configuration that says nothing. Only BaseURL is missing.
func Default() Config {
	return Config{
		Listen:          "127.0.0.1:8080",
		TrustedProxies:  []string{},
		DataDir:         "data",
		Log:             Log{Level: "info", Format: FormatAuto},
		ShutdownTimeout: 30 * time.Second,
	}
}
