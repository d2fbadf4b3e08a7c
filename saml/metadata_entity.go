package saml

import (
	"slices"
	"strings"
)

const (
	maxEntityID  = 1024 // SAML Metadata section 2.2.1
	maxAggregate = 500  // identity providers that an administrator is asked to choose from
)

// entity is one EntityDescriptor and what the aggregates around it add.
type entity struct {
	node     int32
	id       string
	wrappers []int32 // the EntitiesDescriptors around it, outermost first
	roles    []int32 // its IDPSSODescriptors that speak SAML 2.0
}

// entities finds every EntityDescriptor of the document.
func entities(t *tree) ([]entity, error) {
	switch {
	case t.is(root, nsMetadata, "EntityDescriptor"):
		return []entity{describe(t, root, nil)}, nil
	case t.is(root, nsMetadata, "EntitiesDescriptor"):
		return aggregated(t, root, nil), nil
	case t.space(root) == nsProtocol:
		return nil, refuse("This is a SAML message (%s), not metadata. Upload the federation metadata file that the identity provider offers for download.", clip(t.local(root)))
	case t.local(root) == "EntityDescriptor" || t.local(root) == "EntitiesDescriptor":
		return nil, refuse("The root element %s is not in the namespace of SAML 2.0 metadata. Ask the identity provider for SAML 2.0 metadata.", t.local(root))
	default:
		return nil, refuse("The root element is %s; SAML metadata begins with EntityDescriptor. Upload the federation metadata file that the identity provider offers for download.", clip(t.local(root)))
	}
}

func aggregated(t *tree, node int32, wrappers []int32) []entity {
	var all []entity
	wrappers = append(slices.Clip(wrappers), node)
	for c := range t.elements(node) {
		switch {
		case t.is(c, nsMetadata, "EntityDescriptor"):
			all = append(all, describe(t, c, wrappers))
		case t.is(c, nsMetadata, "EntitiesDescriptor"):
			all = append(all, aggregated(t, c, wrappers)...)
		}
	}
	return all
}

func describe(t *tree, node int32, wrappers []int32) entity {
	e := entity{node: node, wrappers: wrappers}
	id, _ := t.attr(node, "entityID")
	e.id = strings.Trim(id, xmlSpace)
	for c := range t.elements(node) {
		if t.is(c, nsMetadata, "IDPSSODescriptor") && speaksSAML2(t, c) {
			e.roles = append(e.roles, c)
		}
	}
	return e
}

func speaksSAML2(t *tree, role int32) bool {
	protocols, _ := t.attr(role, "protocolSupportEnumeration")
	return slices.Contains(strings.Fields(protocols), nsProtocol)
}

// choose picks the entity that is meant, and holds it to be an identity
// provider with one role.
func choose(t *tree, all []entity, entityID string) (*entity, error) {
	if len(all) == 0 {
		return nil, refuse("The document holds no EntityDescriptor. Export the metadata at the identity provider again.")
	}
	candidates := slices.DeleteFunc(slices.Clone(all), func(e entity) bool {
		return len(e.roles) == 0 || entityID != "" && e.id != entityID
	})
	switch {
	case len(candidates) == 0:
		return nil, explainNone(t, all, entityID)
	case len(candidates) > 1 && entityID != "":
		return nil, refuse("The document describes %s more than once. Ask the identity provider for a document that describes it once.", clip(entityID))
	case len(candidates) > 1:
		return nil, explainSeveral(candidates)
	}
	chosen := &candidates[0]
	switch {
	case chosen.id == "":
		return nil, refuse("The EntityDescriptor has no entityID. Export the metadata at the identity provider again: without its entity ID nobody can tell who signed.")
	case len(chosen.id) > maxEntityID:
		return nil, refuse("The entity ID is longer than %d characters, which SAML does not allow.", maxEntityID)
	case len(chosen.roles) > 1:
		return nil, refuse("%s has %d IDPSSODescriptors for SAML 2.0, and only one can be meant. Ask the identity provider for a document with one.", clip(chosen.id), len(chosen.roles))
	}
	return chosen, nil
}

func explainSeveral(candidates []entity) error {
	var ids []string
	for _, e := range candidates {
		if e.id != "" && len(e.id) <= maxEntityID {
			ids = append(ids, e.id)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > maxAggregate {
		return refuse("The document describes %d identity providers, too many to choose from. Export the metadata of the one that is meant.", len(ids))
	}
	err := refuse("The document describes %d identity providers. Say which one is meant by its entity ID.", len(candidates))
	err.EntityIDs = ids
	return err
}

// explainNone says why no entity is a SAML 2.0 identity provider.
func explainNone(t *tree, all []entity, entityID string) error {
	if entityID != "" && !slices.ContainsFunc(all, func(e entity) bool { return e.id == entityID }) {
		return refuse("The document does not describe %s but %s. Check the entity ID, or upload that identity provider's metadata.", clip(entityID), someIDs(all))
	}
	idp, sp, federation := false, false, false
	for _, e := range all {
		if entityID != "" && e.id != entityID {
			continue
		}
		for c := range t.elements(e.node) {
			idp = idp || t.is(c, nsMetadata, "IDPSSODescriptor")
			sp = sp || t.is(c, nsMetadata, "SPSSODescriptor")
			federation = federation || t.is(c, nsMetadata, "RoleDescriptor")
		}
	}
	switch {
	case idp:
		return refuse("The identity provider does not offer the SAML 2.0 protocol. Switch SAML 2.0 on at the identity provider, and export the metadata again.")
	case federation:
		return refuse("The document describes WS-Federation only. Set up a SAML 2.0 application at the identity provider, and export its metadata.")
	case sp:
		return refuse("This is the metadata of a service provider, perhaps our own. Upload the metadata of the identity provider.")
	default:
		return refuse("The document describes no identity provider: there is no IDPSSODescriptor. Upload the metadata of the identity provider.")
	}
}

func someIDs(all []entity) string {
	const shown = 3
	var ids []string
	for _, e := range all[:min(len(all), shown)] {
		ids = append(ids, clip(e.id))
	}
	out := strings.Join(ids, ", ")
	if len(all) > shown {
		out += " and others"
	}
	return out
}
