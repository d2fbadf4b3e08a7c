package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"sallyport/audit"
)

const usualTimeout = 10 * time.Second

// Headers of a request.
const (
	SignatureHeader = "X-Sallyport-Signature" // t=<Unix seconds>,v1=<HMAC-SHA256 of "t.body" in hex>
	DeliveryHeader  = "X-Sallyport-Delivery"  // the event's ID, the same in every attempt
	EventHeader     = "X-Sallyport-Event"     // its action
)

// sender makes single attempts.
type sender struct {
	o      Options
	client *http.Client
}

func newSender(o Options) *sender {
	transport := o.Transport
	if transport == nil {
		transport = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            (&net.Dialer{Timeout: usualTimeout}).DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    usualTimeout,
			MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives:      true, // one event in a long while
			ForceAttemptHTTP2:      true,
		}
	}
	timeout := o.Timeout
	if timeout == 0 {
		timeout = usualTimeout
	}
	return &sender{o: o, client: &http.Client{
		Transport: transport,
		Timeout:   timeout,
		// Elsewhere is not where the operator wanted it.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// send makes one attempt and says why it failed; "" where it did not. Nothing
// of what the far side says is repeated, nor is its address, which may be a
// password.
func (s *sender) send(ctx context.Context, e audit.Event) string {
	body, err := json.Marshal(newMessage(e, s.o.Service))
	if err != nil {
		return "the event cannot be written as JSON"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.o.URL, bytes.NewReader(body))
	if err != nil {
		return "the address cannot be used"
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "sallyport/"+s.o.Version)
	request.Header.Set(EventHeader, string(e.Action))
	request.Header.Set(DeliveryHeader, e.ID)
	request.Header.Set(SignatureHeader, Sign([]byte(s.o.Secret), time.Now(), body))
	response, err := s.client.Do(request)
	if err != nil {
		return whyNot(err)
	}
	_ = response.Body.Close() // unread: the status is the answer
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return fmt.Sprintf("status %d", response.StatusCode)
	}
	return ""
}

// Sign is the signature of a body that is sent at a time. A receiver makes the
// same from what it got, and refuses times that are minutes away.
func Sign(secret []byte, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

func whyNot(err error) string {
	var certificate *tls.CertificateVerificationError
	var name *net.DNSError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &certificate):
		return "its certificate is not trusted"
	case errors.As(err, &name):
		return "its name cannot be resolved"
	default:
		return "unreachable"
	}
}
