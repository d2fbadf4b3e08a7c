// Package testidp is the hostile twin of an identity provider: it issues SAML
// responses as real providers do, and wrong ones on purpose, by name. It
// serves tests and the demo and is useless for anything else: whoever asks is
// whoever they say they are.
//
// It shares no code with what it tests. Every signed element is written
// directly in the form that Exclusive XML Canonicalization would give it, so
// that the bytes on the wire are the bytes that are hashed, and signatures are
// plain crypto/rsa and crypto/ecdsa.
//
// In a test:
//
//	twin, err := testidp.New(testidp.Options{BaseURL: "https://idp.example.com"})
//	raw, err := twin.Respond(testidp.Response{ACS: acs, Audience: entityID, Person: "ann"})
//	form := testidp.Form(raw, relayState) // POST it to acs
//
// Set Response.Misbehave to the name of a [Misbehaviour] and the response
// breaks one rule; Misbehaviour.Reason is the refusal that a service provider
// owes it. [Misbehaviours] lists them.
//
// As a server, an [IDP] is an http.Handler with an app portal at "/", its
// metadata at [MetadataPath] and sign-in by HTTP-Redirect and HTTP-POST:
//
//	twin, err := testidp.New(testidp.Options{
//		BaseURL: "http://127.0.0.1:8081",
//		SPs:     []testidp.SP{{EntityID: entityID, ACS: acs}}, // or SPMetadataURL
//		Apps:    []testidp.App{{Title: "Grafana", RelayState: "grafana"}},
//	})
//	go http.Serve(listener, twin)
//
// An IDP is safe for use by several goroutines.
package testidp
