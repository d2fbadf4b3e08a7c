package gateway

import (
	"net/http"
	"strings"
)

// script reports whether a program of a page made a request, which can follow
// no redirect to a sign-in page, rather than a person who follows a link or
// sends a form. Browsers say it in Sec-Fetch-Mode, which no page can forge;
// of others it is guessed.
func script(method string, h http.Header) bool {
	if h.Get("Sec-Websocket-Key") != "" || hasToken(h.Get("Upgrade"), "websocket") {
		return true
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		return true
	}
	switch h.Get("Sec-Fetch-Mode") {
	case "navigate":
		return false
	case "":
	default: // cors, no-cors, same-origin, websocket
		return true
	}
	if h.Get("Sec-Fetch-Dest") == "empty" || h.Get("X-Requested-With") != "" {
		return true
	}
	if method == http.MethodPost && !formType(h.Get("Content-Type")) {
		return true
	}
	return wantsData(h.Get("Accept"))
}

// wantsData reports whether Accept asks for what programs read and for no page.
func wantsData(accept string) bool {
	accept = strings.ToLower(accept)
	if strings.Contains(accept, "text/html") || strings.Contains(accept, "application/xhtml") {
		return false
	}
	return strings.Contains(accept, "json") || strings.Contains(accept, "text/event-stream")
}

// formType reports whether a form can have sent a body of that type.
func formType(contentType string) bool {
	contentType, _, _ = strings.Cut(contentType, ";")
	switch strings.ToLower(strings.TrimSpace(contentType)) {
	case "", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain":
		return true
	}
	return false
}

func hasToken(list, token string) bool {
	for one := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(strings.TrimSpace(one), token) {
			return true
		}
	}
	return false
}
