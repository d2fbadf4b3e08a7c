package reqctx

import (
	"net/http"

	"github.com/google/uuid"
)

// NewID makes the identifier of a request: sortable random.
func NewID() string {
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.NewString()
	}
	return id.String()
}

// Method keeps made-up methods out of logs and counters.
func Method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return m
	}
	return "other"
}
