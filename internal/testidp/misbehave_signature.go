package testidp

import (
	"strings"

	"sallyport/saml"
)

// signatureFaults are those of the signature, or of the encryption.
var signatureFaults = []Misbehaviour{
	{
		Name: "unsigned", Reason: saml.Unsigned,
		Description: "Nothing is signed.",
		plan:        change(func(p *plan) { p.SignAssertion, p.SignResponse = false, false }),
	},
	{
		Name: "bad-signature", Reason: saml.BadSignature,
		Description: "The NameID was changed after the response was signed.",
		plan:        change(func(p *plan) { p.Encrypt = "" }),
		raw: func(p *plan, m string) string {
			return strings.Replace(m, ">"+text(p.NameID)+"<", ">"+evilNameID+"<", 1)
		},
	},
	{
		Name: "unknown-key", Reason: saml.UntrustedCertificate,
		Description: "A key that the metadata doesn't name has signed, and its certificate is sent along.",
		plan: func(i *IDP, p *plan) error {
			foreign, err := i.foreign()
			if err != nil {
				return err
			}
			p.signing.key, p.signing.certificate = foreign, foreign.certificate.Raw
			p.signing.method = signatureMethods["rsa-sha256"]
			return nil
		},
	},
	{
		Name: "sha1", Reason: saml.WeakAlgorithm,
		Description: "Signature and digest are made with SHA-1.",
		plan: func(i *IDP, p *plan) error {
			p.signing.key = i.rsa
			if p.signing.certificate != nil {
				p.signing.certificate = i.rsa.certificate.Raw
			}
			p.signing.method, p.signing.digest = signatureMethods["rsa-sha1"], digestMethods["sha1"]
			return nil
		},
	},
	{
		Name: "signature-object", Reason: saml.MalformedSignature,
		Description: "The signature carries an Object of its own beside what it signs.",
		plan:        change(func(p *plan) { p.signing.object = `<ds:Object>` + evilNameID + `</ds:Object>` }),
	},
	{
		Name: "broken-encryption", Reason: saml.DecryptionFailed,
		Description: "One bit of the encrypted assertion was changed.",
		plan: change(func(p *plan) {
			p.breakCipher = true
			if p.Encrypt == "" {
				p.Encrypt = "aes256-gcm"
			}
		}),
	},
}

// wrappingFaults move the signed element away and put a forged one where it stood.
var wrappingFaults = []Misbehaviour{
	{
		Name: "xsw-1", Reason: saml.Malformed, plan: wrapped("xsw-1"),
		Description: "Signature wrapping 1: a forged response around the signed one, which hides in the signature.",
	},
	{
		Name: "xsw-2", Reason: saml.Malformed, plan: wrapped("xsw-2"),
		Description: "Signature wrapping 2: a forged response around the signed one, which stands before the signature.",
	},
	{
		Name: "xsw-3", Reason: saml.SeveralAssertions, plan: wrapped("xsw-3"),
		Description: "Signature wrapping 3: a forged assertion before the signed one.",
	},
	{
		Name: "xsw-4", Reason: saml.SeveralAssertions, plan: wrapped("xsw-4"),
		Description: "Signature wrapping 4: a forged assertion around the signed one.",
	},
	{
		Name: "xsw-5", Reason: saml.SeveralAssertions, plan: wrapped("xsw-5"),
		Description: "Signature wrapping 5: a forged assertion with the signature, the signed one after it.",
	},
	{
		Name: "xsw-6", Reason: saml.SeveralAssertions, plan: wrapped("xsw-6"),
		Description: "Signature wrapping 6: a forged assertion with the signature, the signed one inside the signature.",
	},
	{
		Name: "xsw-7", Reason: saml.Malformed, plan: wrapped("xsw-7"),
		Description: "Signature wrapping 7: a forged assertion in the Extensions.",
	},
	{
		Name: "xsw-8", Reason: saml.SeveralAssertions, plan: wrapped("xsw-8"),
		Description: "Signature wrapping 8: a forged assertion with the signature, the signed one as its Object.",
	},
}
