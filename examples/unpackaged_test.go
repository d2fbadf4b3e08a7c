package examples_test

import (
	"slices"
	"strings"
	"testing"

	"sallyport/access"
	"sallyport/internal/snippet"
)

// Traefik and Envoy are not in Debian. What can be told of their files without
// them: they are YAML, and what must be in them is.

func TestTraefikFile(t *testing.T) {
	root := yamlAt(t, snippet.Traefik)
	routers := at(t, root, "http", "routers").(map[string]any)
	services := at(t, root, "http", "services").(map[string]any)
	middlewares := at(t, root, "http", "middlewares").(map[string]any)
	for name, router := range routers {
		if service := at(t, router, "service").(string); services[service] == nil {
			t.Errorf("router %s: there is no service %s", name, service)
		}
		named := at(t, router, "middlewares").([]any)
		for _, m := range named {
			if middlewares[m.(string)] == nil {
				t.Errorf("router %s: there is no middleware %s", name, m)
			}
		}
		if named[0] != "sallyport-grafana-taken" {
			t.Errorf("router %s: what clients say is to be taken away first", name)
		}
		checked := len(named) == 2 && named[1] == "sallyport-grafana-check"
		callback := strings.Contains(at(t, router, "rule").(string), "/.sallyport/")
		if checked == callback {
			t.Errorf("router %s: checked %t, want everything but /.sallyport/", name, checked)
		}
		if secret := slices.Contains(named, any("sallyport-grafana-secret")); secret != callback {
			t.Errorf("router %s: identity is taken out of answers: %t, want those of /.sallyport/ alone", name, secret)
		}
	}
	taken := at(t, middlewares, "sallyport-grafana-taken", "headers", "customRequestHeaders").(map[string]any)
	for _, name := range access.IdentityHeaders() {
		for _, one := range slices.Concat(spelled(name), mixed(name)) {
			if value, ok := lookUp(taken, one); !ok || value != "" {
				t.Errorf("%s is not taken away", one)
			}
		}
	}
	for _, name := range []string{"HTTP2-Settings", "X-Sallyport-Refusal"} {
		if value, ok := lookUp(taken, name); !ok || value != "" {
			t.Errorf("%s is not taken away", name)
		}
	}
	secret := at(t, middlewares, "sallyport-grafana-secret", "headers", "customResponseHeaders").(map[string]any)
	for _, name := range access.IdentityHeaders() {
		if value, ok := lookUp(secret, name); !ok || value != "" {
			t.Errorf("browsers can be told %s", name)
		}
	}
	check := at(t, middlewares, "sallyport-grafana-check", "forwardAuth")
	if at(t, check, "trustForwardHeader") != false {
		t.Error("what clients say of addresses is believed")
	}
	expectCopied(t, at(t, check, "authResponseHeaders").([]any))
}

func TestEnvoyFile(t *testing.T) {
	root := yamlAt(t, snippet.Envoy)
	manager := at(t, root, "static_resources", "listeners", 0, "filter_chains", 0, "filters", 0, "typed_config")
	if at(t, manager, "common_http_protocol_options", "headers_with_underscores_action") != "DROP_HEADER" {
		t.Error("headers with underscores stay")
	}
	taken := map[string]any{}
	for _, one := range at(t, manager, "early_header_mutation_extensions", 0, "typed_config", "mutations").([]any) {
		taken[at(t, one, "remove").(string)] = ""
	}
	for _, name := range access.IdentityHeaders() {
		for _, one := range slices.Concat(spelled(name), mixed(name)) {
			if _, ok := lookUp(taken, one); !ok {
				t.Errorf("%s is not taken away", one)
			}
		}
	}
	for _, name := range []string{"http2-settings", "x-sallyport-refusal"} {
		if _, ok := taken[name]; !ok {
			t.Errorf("%s is not taken away", name)
		}
	}
	check := at(t, manager, "http_filters", 0, "typed_config")
	if at(t, check, "failure_mode_allow") != false {
		t.Error("everybody passes while the service is away")
	}
	if at(t, check, "http_service", "path_prefix") != "/gateway/ext-authz" {
		t.Error("the service is asked at another path")
	}
	var copied []any
	for _, one := range at(t, check, "http_service", "authorization_response", "allowed_upstream_headers", "patterns").([]any) {
		copied = append(copied, at(t, one, "exact"))
	}
	expectCopied(t, copied)

	clusters := map[any]bool{}
	for _, one := range at(t, root, "static_resources", "clusters").([]any) {
		clusters[at(t, one, "name")] = true
	}
	if cluster := at(t, check, "http_service", "server_uri", "cluster"); !clusters[cluster] {
		t.Errorf("there is no cluster %s", cluster)
	}
	for _, route := range at(t, manager, "route_config", "virtual_hosts", 0, "routes").([]any) {
		if cluster := at(t, route, "route", "cluster"); !clusters[cluster] {
			t.Errorf("there is no cluster %s", cluster)
		}
		callback := at(t, route, "match", "prefix") == "/.sallyport/"
		if _, unchecked := route.(map[string]any)["typed_per_filter_config"]; unchecked != callback {
			t.Errorf("%s: unchecked %t, want /.sallyport/ alone", at(t, route, "match", "prefix"), unchecked)
		}
		for _, name := range access.IdentityHeaders() {
			if callback && !slices.Contains(at(t, route, "response_headers_to_remove").([]any), any(strings.ToLower(name))) {
				t.Errorf("browsers can be told %s", name)
			}
		}
	}
}

func lookUp(names map[string]any, name string) (any, bool) {
	for one, value := range names {
		if strings.EqualFold(one, name) {
			return value, true
		}
	}
	return nil, false
}

func expectCopied(t *testing.T, copied []any) {
	t.Helper()
	names := map[string]any{}
	for _, name := range copied {
		names[name.(string)] = ""
	}
	n := access.PresetRemote.Names()
	for _, name := range []string{n.User, n.Groups, n.Email, n.Name, access.HeaderAssertion, access.HeaderTags, access.HeaderPermissionSet} {
		if _, ok := lookUp(names, name); !ok {
			t.Errorf("%s does not reach the application", name)
		}
	}
}
