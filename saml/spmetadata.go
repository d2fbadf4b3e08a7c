package saml

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"github.com/beevik/etree"
)

// ServiceProvider is our own side of one connection, as its metadata tells it.
type ServiceProvider struct {
	EntityID               string
	ACSURLs                []string // the first is the default
	SLOURL                 string   // "" leaves single logout out
	NameIDFormats          []string // empty: emailAddress and persistent
	DisplayName            string
	WantAssertionsSigned   bool
	SignRequests           bool
	SigningCertificates    []*x509.Certificate // current, then next
	EncryptionCertificates []*x509.Certificate // current, then next
}

// encryptionMethods is what our decrypter reads, best first. AES-CBC is left
// out: it is read only under a signature over the Response, so nobody should
// be told to choose it.
var encryptionMethods = []string{
	algAES256GCM,
	algAES192GCM,
	algAES128GCM,
	algOAEPMGF1P,
	algOAEP11,
}

// Metadata renders our metadata (SAML Metadata section 2.4.4). A nil signer leaves it
// unsigned. It is the same bytes for the same input, and carries no end of
// validity: identity providers that honour one would stop by themselves.
func (sp *ServiceProvider) Metadata(signer *Signer) ([]byte, error) {
	if err := sp.check(); err != nil {
		return nil, fmt.Errorf("render metadata of %s: %w", sp.EntityID, err)
	}
	doc := etree.NewDocument()
	doc.CreateProcInst("xml", `version="1.0" encoding="UTF-8"`)
	root := sp.entityDescriptor()
	doc.SetRoot(root)
	doc.Indent(2)
	if signer != nil {
		// The ID serves the signature alone, and stays the same for as long as
		// the entity does.
		sum := sha256.Sum256([]byte(sp.EntityID))
		root.CreateAttr("ID", "_"+hex.EncodeToString(sum[:20]))
		if err := signElement(root, 0, signer); err != nil {
			return nil, fmt.Errorf("render metadata of %s: %w", sp.EntityID, err)
		}
	}
	out, err := doc.WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("render metadata of %s: %w", sp.EntityID, err)
	}
	return out, nil
}

func (sp *ServiceProvider) check() error {
	if sp.EntityID == "" {
		return errors.New("the entity ID is missing")
	}
	if len(sp.ACSURLs) == 0 {
		return errors.New("there is no assertion consumer service")
	}
	for _, location := range sp.ACSURLs {
		if err := checkLocation(location); err != nil {
			return fmt.Errorf("assertion consumer service: %w", err)
		}
	}
	if sp.SLOURL != "" {
		if err := checkLocation(sp.SLOURL); err != nil {
			return fmt.Errorf("single logout service: %w", err)
		}
	}
	if sp.SignRequests && len(sp.SigningCertificates) == 0 {
		return errors.New("requests are to be signed, and there is no signing certificate")
	}
	return nil
}

func (sp *ServiceProvider) entityDescriptor() *etree.Element {
	root := etree.NewElement("md:EntityDescriptor")
	root.CreateAttr("xmlns:md", nsMetadata)
	root.CreateAttr("xmlns:ds", nsDSig)
	root.CreateAttr("entityID", sp.EntityID)

	role := root.CreateElement("md:SPSSODescriptor")
	role.CreateAttr("AuthnRequestsSigned", strconv.FormatBool(sp.SignRequests))
	role.CreateAttr("WantAssertionsSigned", strconv.FormatBool(sp.WantAssertionsSigned))
	role.CreateAttr("protocolSupportEnumeration", nsProtocol)

	// The order of what follows is the schema's.
	if sp.DisplayName != "" {
		info := role.CreateElement("md:Extensions").CreateElement("mdui:UIInfo")
		info.CreateAttr("xmlns:mdui", nsUI)
		name := info.CreateElement("mdui:DisplayName")
		name.CreateAttr("xml:lang", "en")
		name.SetText(sp.DisplayName)
	}
	for _, c := range sp.SigningCertificates {
		addKeyDescriptor(role, "signing", c)
	}
	for _, c := range sp.EncryptionCertificates {
		key := addKeyDescriptor(role, "encryption", c)
		for _, algorithm := range encryptionMethods {
			key.CreateElement("md:EncryptionMethod").CreateAttr("Algorithm", algorithm)
		}
	}
	if sp.SLOURL != "" {
		for _, binding := range []string{BindingRedirect, BindingPOST} {
			addEndpoint(role, "md:SingleLogoutService", binding, sp.SLOURL)
		}
	}
	formats := sp.NameIDFormats
	if len(formats) == 0 {
		formats = []string{FormatEmailAddress, FormatPersistent}
	}
	for _, format := range formats {
		role.CreateElement("md:NameIDFormat").SetText(format)
	}
	for i, location := range sp.ACSURLs {
		acs := addEndpoint(role, "md:AssertionConsumerService", BindingPOST, location)
		acs.CreateAttr("index", strconv.Itoa(i))
		if i == 0 {
			acs.CreateAttr("isDefault", "true")
		}
	}
	return root
}

func addKeyDescriptor(role *etree.Element, use string, c *x509.Certificate) *etree.Element {
	key := role.CreateElement("md:KeyDescriptor")
	key.CreateAttr("use", use)
	data := key.CreateElement("ds:KeyInfo").CreateElement("ds:X509Data")
	data.CreateElement("ds:X509Certificate").SetText(base64.StdEncoding.EncodeToString(c.Raw))
	return key
}

func addEndpoint(role *etree.Element, tag, binding, location string) *etree.Element {
	e := role.CreateElement(tag)
	e.CreateAttr("Binding", binding)
	e.CreateAttr("Location", location)
	return e
}
