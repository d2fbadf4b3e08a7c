package session

import (
	"errors"
	"fmt"
	"time"

	"sallyport/idp"
	"sallyport/saml"
)

// circumstances are what a recorded response was judged by, and what became
// of it. They are sealed with it, the words that it is found by among them, so
// that no sealed text passes for that of another row.
type circumstances struct {
	IDP       string      `json:"idp"`
	Accepted  bool        `json:"accepted,omitempty"`
	Reference string      `json:"reference,omitempty"`
	At        int64       `json:"at"` // Unix milliseconds
	Reason    saml.Reason `json:"reason,omitempty"`
	Tested    bool        `json:"tested,omitempty"` // by an administrator, before activation
	Person    string      `json:"person,omitempty"`
	Target    string      `json:"target,omitempty"`
	Request   *asked      `json:"request,omitempty"` // that it answers, where that was found
}

// asked is the request that a response answered.
type asked struct {
	ID                    string    `json:"id"`
	At                    time.Time `json:"at"`
	ForceAuthn            bool      `json:"force_authn,omitempty"`
	RequestedAuthnContext []string  `json:"requested_authn_context,omitempty"`
}

func askedOf(p *Pending) *asked {
	if p == nil {
		return nil
	}
	return &asked{ID: p.RequestID, At: p.CreatedAt, ForceAuthn: p.ForceAuthn, RequestedAuthnContext: p.RequestedAuthnContext}
}

// unseal opens a recording. The error holds nothing of its content.
func (r *Recording) unseal(sealer idp.Sealer) (*circumstances, []byte, error) {
	plain, err := sealer.Open(r.Sealed)
	if err != nil {
		return nil, nil, fmt.Errorf("open recording %s: %w", r.ID, err)
	}
	c := &circumstances{}
	response, ok := unpacked(plain, c)
	if !ok {
		return nil, nil, errors.New("the content of recording " + r.ID + " can't be read")
	}
	if c.IDP != r.IDP || c.Accepted != r.Accepted || c.Reference != r.Reference || c.At != r.At.UnixMilli() {
		return nil, nil, errors.New("recording " + r.ID + " holds the response of another")
	}
	return c, response, nil
}
