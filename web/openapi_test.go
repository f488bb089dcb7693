package web

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// document is openapi.yaml as plain values.
type document struct {
	paths   map[string]any
	schemas map[string]any
}

func readDocument(t *testing.T) document {
	t.Helper()
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := yaml.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	return document{root["paths"].(map[string]any), root["components"].(map[string]any)["schemas"].(map[string]any)}
}

// schema names a schema of the document.
func schema(name string) map[string]any {
	return map[string]any{"$ref": "#/components/schemas/" + name}
}

// check says where value is not what the schema says. A field that the schema does not name is a mistake too.
func (d document) check(value any, schema map[string]any, at string) []string {
	if ref, ok := schema["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/components/schemas/")
		target, ok := d.schemas[name].(map[string]any)
		if !ok {
			return []string{at + ": no schema " + ref}
		}
		return d.check(value, target, at)
	}
	if options, ok := schema["oneOf"].([]any); ok {
		matches := 0
		for _, o := range options {
			if len(d.check(value, o.(map[string]any), at)) == 0 {
				matches++
			}
		}
		if matches != 1 {
			return []string{fmt.Sprintf("%s: matches %d of oneOf, want 1", at, matches)}
		}
		return nil
	}
	if want, ok := schema["const"]; ok && value != want {
		return []string{fmt.Sprintf("%s: got %v, want %v", at, value, want)}
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, value) {
		return []string{fmt.Sprintf("%s: got %v, want one of %v", at, value, enum)}
	}
	return d.checkType(value, schema, at)
}

func (d document) checkType(value any, schema map[string]any, at string) []string {
	wrong := []string{fmt.Sprintf("%s: got %T, want %v", at, value, schema["type"])}
	switch schema["type"] {
	case "object":
		fields, ok := value.(map[string]any)
		if !ok {
			return wrong
		}
		return d.checkObject(fields, schema, at)
	case "array":
		items, ok := value.([]any)
		if !ok {
			return wrong
		}
		var found []string
		for i, item := range items {
			found = append(found, d.check(item, schema["items"].(map[string]any), fmt.Sprintf("%s[%d]", at, i))...)
		}
		return found
	case "integer":
		if n, ok := value.(float64); !ok || n != math.Trunc(n) || math.Abs(n) > 1<<53 {
			return wrong
		}
	case "boolean":
		if _, ok := value.(bool); !ok {
			return wrong
		}
	case "string":
		text, ok := value.(string)
		if !ok {
			return wrong
		}
		if pattern, ok := schema["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(text) {
			return []string{fmt.Sprintf("%s: %q does not match %s", at, text, pattern)}
		}
	default:
		return []string{fmt.Sprintf("%s: schema without a type that this test knows: %v", at, schema)}
	}
	return nil
}

func (d document) checkObject(fields map[string]any, schema map[string]any, at string) (found []string) {
	properties := schema["properties"].(map[string]any)
	for _, name := range schema["required"].([]any) {
		if _, ok := fields[name.(string)]; !ok {
			found = append(found, fmt.Sprintf("%s: %s is missing", at, name))
		}
	}
	for name, value := range fields {
		property, ok := properties[name].(map[string]any)
		if !ok {
			found = append(found, fmt.Sprintf("%s: %s is not documented", at, name))
			continue
		}
		found = append(found, d.check(value, property, at+"."+name)...)
	}
	return found
}

func TestEveryRouteIsDocumentedAndEveryDocumentedRouteExists(t *testing.T) {
	d := readDocument(t)
	var served []string
	for _, r := range newTestStreet(t).server.routes() {
		method := strings.ToLower(r.method)
		served = append(served, method+" "+r.path)
		if methods, _ := d.paths[r.path].(map[string]any); methods[method] == nil {
			t.Errorf("%s %s is served but not in openapi.yaml", r.method, r.path)
		}
	}
	for path, methods := range d.paths {
		for method := range methods.(map[string]any) {
			if method != "parameters" && !slices.Contains(served, method+" "+path) {
				t.Errorf("%s %s is in openapi.yaml but not served", method, path)
			}
		}
	}
}

func TestAnswersAreAsDocumented(t *testing.T) {
	d := readDocument(t)
	street := settledStreet(t)
	start := street.proofs[0].Interval.Start
	for _, c := range []struct {
		path   string
		status int
		schema map[string]any
	}{
		{"/api/street", http.StatusOK, schema("Street")},
		{"/api/intervals?limit=2", http.StatusOK, map[string]any{"type": "array", "items": schema("Interval")}},
		{fmt.Sprintf("/api/intervals/%d", start), http.StatusOK, schema("Proof")},
		{"/api/members/home-01/ledger", http.StatusOK, schema("Ledger")},
		{"/healthz", http.StatusOK, schema("Health")},
		{"/nothing", http.StatusNotFound, schema("Problem")},
		{"/api/intervals/7", http.StatusBadRequest, schema("Problem")},
		{"/api/members/nobody/ledger", http.StatusNotFound, schema("Problem")},
	} {
		response := street.get(c.path)
		var body any
		if err := json.Unmarshal(response.Body.Bytes(), &body); err != nil {
			t.Errorf("%s: %v in %s", c.path, err, response.Body)
			continue
		}
		if response.Code != c.status {
			t.Errorf("%s: got status %d, want %d", c.path, response.Code, c.status)
		}
		for _, problem := range d.check(body, c.schema, c.path) {
			t.Error(problem)
		}
	}
}

func TestFramesAreAsDocumented(t *testing.T) {
	d := readDocument(t)
	street := settledStreet(t)
	socket := street.dial(t, "")
	const snapshots, frames = 3, 3 + 3 + 1 // and differences, and a heartbeat
	for i := range frames {
		if i == snapshots { // the client has joined
			street.advance(15 * 60e9)
			street.server.stream.flush()
			street.server.stream.beat()
		}
		var frame any
		if err := socket.ReadJSON(&frame); err != nil {
			t.Fatal(err)
		}
		for _, problem := range d.check(frame, schema("Frame"), "frame") {
			t.Error(problem)
		}
	}
}
