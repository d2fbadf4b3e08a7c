// Package saml decides whether a SAML response may begin a session. It speaks
// the Web Browser SSO and Single Logout profiles as a service provider and
// nothing more.
//
// A response passes three doors. Guard looks at the raw document and may only
// refuse. Verify checks the signature and goes on with exactly the bytes that
// were signed. Judge reads the signed element and asks whether it was meant
// for us, now, in answer to our question. An [Assertion] is the receipt for
// all three; there is no other way to obtain one than [Verify]. Logout messages
// pass the same doors, and leave a [LogoutRequest] or a [LogoutResponse].
//
// The package holds no state, opens no connection and knows neither cookies
// nor databases: time, trust and pending requests are inputs.
//
// References: SAML 2.0 Core, Bindings, Profiles and Metadata (OASIS, March
// 2005, with errata 05); XML Signature Syntax and Processing 1.1; Exclusive
// XML Canonicalization 1.0; XML Encryption 1.1.
package saml
