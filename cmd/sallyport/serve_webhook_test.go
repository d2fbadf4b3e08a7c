package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sallyport/config"
)

func TestServiceTellsTheWebhook(t *testing.T) {
	t.Parallel()
	told := make(chan string, 10)
	far := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		told <- r.Header.Get("X-Sallyport-Signature") + " " + string(body)
	}))
	defer far.Close()
	r := serve(t, func(c *config.Config) {
		c.Webhook = config.Webhook{URL: config.Secret(far.URL), Secret: "0123456789abcdef"}
	})
	eventually(t, "ready", r.ready)
	eventually(t, "a first position", func() bool {
		position, err := r.house.db.WebhookPosition(t.Context())
		return err == nil && position != ""
	})
	if _, err := r.house.adminLink(t.Context(), actor); err != nil {
		t.Fatal(err)
	}
	message := <-told
	if !strings.HasPrefix(message, "t=") || !strings.Contains(message, `"action":"admin_link.made"`) || !strings.Contains(message, `"service":"`+r.config.BaseURL+`"`) {
		t.Errorf("told: %s", message)
	}
	eventually(t, "counted", func() bool {
		_, text := get(http.DefaultClient, "http://"+r.config.Metrics.Listen+"/metrics")
		return strings.Contains(text, `sallyport_webhook_deliveries_total{result="delivered"} 1`)
	})
}
