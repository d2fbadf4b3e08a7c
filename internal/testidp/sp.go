package testidp

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// serviceProviders gives those of the options and the one of the metadata URL,
// which is read until that has worked once.
func (p *IDP) serviceProviders() ([]SP, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sps != nil {
		return p.sps, nil
	}
	sps := slices.Clone(p.options.SPs)
	if p.options.SPMetadataURL != "" {
		sp, err := p.fetchSP()
		if err != nil {
			return nil, fmt.Errorf("read service provider's metadata: %w", err)
		}
		if i := slices.IndexFunc(sps, func(known SP) bool { return known.EntityID == sp.EntityID }); i >= 0 {
			sps[i] = sp
		} else {
			sps = append(sps, sp)
		}
	}
	if len(sps) == 0 {
		return nil, errors.New("no service provider is known here")
	}
	p.sps = sps
	return sps, nil
}

func (p *IDP) fetchSP() (SP, error) {
	client := p.options.Client
	if client == nil {
		client = http.DefaultClient
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.options.SPMetadataURL, nil)
	if err != nil {
		return SP{}, fmt.Errorf("ask for it: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		return SP{}, fmt.Errorf("ask for it: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return SP{}, fmt.Errorf("ask for it: status %s", response.Status)
	}
	raw, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return SP{}, fmt.Errorf("receive it: %w", err)
	}
	return ParseSP(raw)
}

// ParseSP reads a service provider's metadata: entity ID, default assertion
// consumer service and the first certificate to encrypt for.
func ParseSP(raw []byte) (SP, error) {
	var entity struct {
		XMLName xml.Name `xml:"urn:oasis:names:tc:SAML:2.0:metadata EntityDescriptor"`
		ID      string   `xml:"entityID,attr"`
		Keys    []struct {
			Use         string `xml:"use,attr"`
			Certificate string `xml:"KeyInfo>X509Data>X509Certificate"`
		} `xml:"SPSSODescriptor>KeyDescriptor"`
		Services []struct {
			Binding   string `xml:"Binding,attr"`
			Location  string `xml:"Location,attr"`
			IsDefault bool   `xml:"isDefault,attr"`
		} `xml:"SPSSODescriptor>AssertionConsumerService"`
		Logout []struct {
			Binding  string `xml:"Binding,attr"`
			Location string `xml:"Location,attr"`
		} `xml:"SPSSODescriptor>SingleLogoutService"`
	}
	if err := xml.Unmarshal(raw, &entity); err != nil {
		return SP{}, fmt.Errorf("parse service provider's metadata: %w", err)
	}
	sp := SP{EntityID: entity.ID}
	for _, s := range entity.Services {
		if strings.HasSuffix(s.Binding, ":HTTP-POST") && (sp.ACS == "" || s.IsDefault) {
			sp.ACS = s.Location
		}
	}
	if sp.EntityID == "" || sp.ACS == "" {
		return SP{}, errors.New("parse service provider's metadata: want an entityID and an AssertionConsumerService by HTTP-POST")
	}
	for _, s := range entity.Logout {
		if strings.HasSuffix(s.Binding, ":HTTP-Redirect") && sp.SLO == "" {
			sp.SLO = s.Location
		}
	}
	for _, k := range entity.Keys {
		if k.Use == "signing" || sp.Certificate != nil {
			continue
		}
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(k.Certificate), ""))
		if err != nil {
			return SP{}, fmt.Errorf("parse service provider's certificate: %w", err)
		}
		if sp.Certificate, err = x509.ParseCertificate(der); err != nil {
			return SP{}, fmt.Errorf("parse service provider's certificate: %w", err)
		}
	}
	return sp, nil
}
