package store

import "sallyport/idp"

// storedConfirm is the JSON of an activation that waits to be confirmed. Its
// names outlive those of Go.
type storedConfirm struct {
	Until         int64     `json:"until"`
	Previous      int       `json:"previous"`
	PreviousState idp.State `json:"previous_state"`
	Actor         string    `json:"actor"`
}

func encodeConfirm(c *idp.Confirm) (string, error) {
	if c == nil {
		return "", nil
	}
	return encode(storedConfirm{Until: millis(c.Until), Previous: c.Previous, PreviousState: c.PreviousState, Actor: c.Actor})
}

func decodeConfirm(text string) (*idp.Confirm, error) {
	if text == "" {
		return nil, nil
	}
	var c storedConfirm
	if err := decode(text, &c); err != nil {
		return nil, err
	}
	return &idp.Confirm{Until: fromMillis(c.Until), Previous: c.Previous, PreviousState: c.PreviousState, Actor: c.Actor}, nil
}
