package session

import (
	"encoding/binary"
	"encoding/json"
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

// with is c and a response as one text to be sealed: the length of c's JSON in
// four bytes, that JSON, the response.
func (c circumstances) with(response []byte) []byte {
	head := encode(c)
	out := make([]byte, 0, 4+len(head)+len(response))
	out = binary.BigEndian.AppendUint32(out, uint32(len(head)))
	out = append(out, head...)
	return append(out, response...)
}

// unseal opens a recording. The error holds nothing of its content.
func (r *Recording) unseal(sealer idp.Sealer) (*circumstances, []byte, error) {
	plain, err := sealer.Open(r.Sealed)
	if err != nil {
		return nil, nil, fmt.Errorf("open recording %s: %w", r.ID, err)
	}
	broken := errors.New("the content of recording " + r.ID + " can't be read")
	if len(plain) < 4 {
		return nil, nil, broken
	}
	n, rest := binary.BigEndian.Uint32(plain), plain[4:]
	if uint64(n) > uint64(len(rest)) {
		return nil, nil, broken
	}
	c := &circumstances{}
	if err := json.Unmarshal(rest[:n], c); err != nil {
		return nil, nil, broken
	}
	if c.IDP != r.IDP || c.Accepted != r.Accepted || c.Reference != r.Reference || c.At != r.At.UnixMilli() {
		return nil, nil, errors.New("recording " + r.ID + " holds the response of another")
	}
	return c, rest[n:], nil
}
