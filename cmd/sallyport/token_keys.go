package main

import (
	"sallyport/gateway"
	"sallyport/idp"
)

// tokenKeys gives the gateway the house's keys of app tokens.
type tokenKeys struct{ registry *idp.Registry }

// TokenKeys gives the one that signs first.
func (t tokenKeys) TokenKeys() []gateway.Key {
	own := t.registry.TokenKeys()
	keys := make([]gateway.Key, 0, len(own))
	for _, k := range own {
		keys = append(keys, gateway.Key{ID: k.ID, Private: k.Private, Public: k.Public})
	}
	return keys
}
