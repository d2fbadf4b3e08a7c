package scim

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// documents are the answers about this server itself (RFC 7644 section 4).
// They never change and are made at start.
type documents struct {
	config    []byte
	configAWS []byte
	types     []byte
	oneType   map[string][]byte // by lower-cased id
	schemas   []byte
	oneSchema map[string][]byte // by lower-cased URN
}

type document = map[string]any

func (s *Server) describe() documents {
	d := documents{oneType: map[string][]byte{}, oneSchema: map[string][]byte{}}
	d.config, d.configAWS = encodeDocument(s.describeConfig(false)), encodeDocument(s.describeConfig(true))

	var types, schemas []document
	for _, t := range []*resourceType{userType, groupType} {
		one := s.describeType(t)
		types = append(types, one)
		d.oneType[strings.ToLower(t.Name)] = encodeDocument(one)
	}
	for _, one := range []document{
		s.describeSchema(userSchema, "User", "People.", own(userType)),
		s.describeSchema(enterpriseSchema, "EnterpriseUser", "What a company keeps of its people.", userType.resolve(enterpriseSchema).Sub),
		s.describeSchema(groupSchema, "Group", "Groups of people and of other groups.", own(groupType)),
	} {
		schemas = append(schemas, one)
		d.oneSchema[strings.ToLower(one["id"].(string))] = encodeDocument(one)
	}
	d.types, d.schemas = encodeDocument(listOf(types)), encodeDocument(listOf(schemas))
	return d
}

func encodeDocument(d document) []byte {
	b, err := json.Marshal(d)
	if err != nil {
		panic(err) // maps of strings, numbers and truths: at start, in every test
	}
	return b
}

func listOf(all []document) document {
	return document{
		"schemas": []string{listSchema}, "totalResults": len(all), "itemsPerPage": len(all), "startIndex": 1, "Resources": all,
	}
}

// own are the attributes of a type's own schema: the common ones stand in none.
func own(t *resourceType) []*attribute {
	var list []*attribute
	for _, a := range t.Attributes {
		switch {
		case a.Path == "schemas" || a.Path == "id" || a.Path == "externalId" || a.Path == "meta" || a.Path == enterpriseName:
		default:
			list = append(list, a)
		}
	}
	return list
}

func (s *Server) describeConfig(aws bool) document {
	config := document{
		"schemas":        []string{configSchema},
		"patch":          document{"supported": true},
		"bulk":           document{"supported": true, "maxOperations": maxBulk, "maxPayloadSize": maxBody},
		"filter":         document{"supported": true, "maxResults": maxCount},
		"changePassword": document{"supported": false},
		"sort":           document{"supported": true},
		"etag":           document{"supported": true},
		"pagination": document{
			"cursor": true, "index": true, "defaultPaginationMethod": "index", "defaultPageSize": defaultCount, "maxPageSize": maxCount,
		},
		"authenticationSchemes": []document{{
			"type": "oauthbearertoken", "name": "OAuth Bearer Token", "primary": true,
			"description": "A provisioning token of the connection, in the Authorization header.",
			"specUri":     "https://www.rfc-editor.org/info/rfc6750",
		}},
		"meta": document{"resourceType": "ServiceProviderConfig", "location": s.base + "/ServiceProviderConfig"},
	}
	if aws {
		config["bulk"] = document{"supported": false, "maxOperations": 1, "maxPayloadSize": maxBody}
		config["filter"] = document{"supported": true, "maxResults": 50}
		config["sort"], config["etag"] = document{"supported": false}, document{"supported": false}
		delete(config, "pagination")
		delete(config, "meta")
	}
	return config
}

func (s *Server) describeType(t *resourceType) document {
	d := document{
		"schemas": []string{typeSchema}, "id": t.Name, "name": t.Name, "endpoint": t.Endpoint, "schema": t.Schema,
		"description": map[string]string{"User": "People.", "Group": "Groups of people and of other groups."}[t.Name],
		"meta":        document{"resourceType": "ResourceType", "location": s.base + "/ResourceTypes/" + t.Name},
	}
	var extensions []document
	for _, urn := range t.Extensions {
		extensions = append(extensions, document{"schema": urn, "required": false})
	}
	if len(extensions) > 0 {
		d["schemaExtensions"] = extensions
	}
	return d
}

func (s *Server) describeSchema(urn, name, description string, attributes []*attribute) document {
	return document{
		"schemas": []string{schemaSchema}, "id": urn, "name": name, "description": description,
		"attributes": describeAttributes(attributes),
		"meta":       document{"resourceType": "Schema", "location": s.base + "/Schemas/" + urn},
	}
}

// describeAttributes writes them as RFC 7643 section 7 wants.
func describeAttributes(attributes []*attribute) []document {
	var list []document
	for _, a := range attributes {
		d := document{
			"name": a.Name, "type": string(a.Type), "multiValued": a.MultiValued, "description": a.Description,
			"required": a.Required, "mutability": "readWrite", "returned": "default", "uniqueness": "none",
		}
		if a.Type == textType || a.Type == referenceType {
			d["caseExact"] = a.CaseExact
		}
		if a.ReadOnly {
			d["mutability"] = "readOnly"
		}
		if a.Always {
			d["returned"] = "always"
		}
		if a.Unique {
			d["uniqueness"] = "server"
		}
		if len(a.Canonical) > 0 {
			d["canonicalValues"] = a.Canonical
		}
		if len(a.References) > 0 {
			d["referenceTypes"] = a.References
		}
		if len(a.Sub) > 0 {
			d["subAttributes"] = describeAttributes(a.Sub)
		}
		list = append(list, d)
	}
	return list
}

func (s *Server) serviceProviderConfig(_ context.Context, c *call) (*answer, error) {
	if c.AWS {
		return fixed(c, s.documents.configAWS)
	}
	return fixed(c, s.documents.config)
}

func (s *Server) resourceTypes(_ context.Context, c *call) (*answer, error) {
	return fixed(c, s.documents.types)
}

func (s *Server) resourceType(_ context.Context, c *call) (*answer, error) {
	return fixed(c, s.documents.oneType[strings.ToLower(c.ID)])
}

func (s *Server) schemas(_ context.Context, c *call) (*answer, error) {
	return fixed(c, s.documents.schemas)
}

func (s *Server) schema(_ context.Context, c *call) (*answer, error) {
	return fixed(c, s.documents.oneSchema[strings.ToLower(c.ID)])
}

// fixed answers with a document; nil: there is none.
func fixed(c *call, body []byte) (*answer, error) {
	if c.Query["filter"] != "" {
		return nil, refuse(http.StatusForbidden, "What this server says of itself cannot be filtered.")
	}
	if body == nil {
		return nil, refuse(http.StatusNotFound, "There is no such resource type or schema.")
	}
	return &answer{Status: http.StatusOK, Body: body}, nil
}
