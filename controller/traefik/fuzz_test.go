package traefik

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"bg/controller/rollout"
	"bg/labels"
)

func FuzzRender(f *testing.F) { f.Fuzz(rapid.MakeFuzz(renderProperty)) }

func TestWhatIsRenderedDecodesToTheSameRouting(t *testing.T) { rapid.Check(t, renderProperty) }

// renderProperty: the file parses as JSON and as YAML to the same, holds no
// template marker, decodes to the routing that it was made of, and is always
// the same.
func renderProperty(t *rapid.T) {
	r := routings().Draw(t, "routing")
	file, err := Render(r, nil)
	if err != nil {
		t.Fatalf("render: %v", err)
	}
	again, err := Render(r, nil)
	if err != nil || !bytes.Equal(file, again) {
		t.Fatalf("the second time it differs: %v", err)
	}
	if bytes.Contains(file, []byte("{{")) {
		t.Fatalf("a template marker in\n%s", file)
	}
	for _, route := range r.Routes {
		if err := CheckRoute(route); err != nil {
			t.Fatalf("CheckRoute: %v", err)
		}
	}
	http := decode(t, file)["http"].(map[string]any)
	want := map[string]any{"routers": map[string]any{}, "middlewares": map[string]any{}, "services": map[string]any{}}
	for _, route := range r.Routes {
		expect(t, want, route)
	}
	for kind, w := range want {
		got, _ := http[kind].(map[string]any)
		for name := range got {
			if strings.HasPrefix(name, "bg.") {
				delete(got, name)
			}
		}
		if diff := cmp.Diff(w, any(got), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s: %s\n%s", kind, diff, file)
		}
	}
}

// expect adds what a route must become to want, by simpler means than Render.
func expect(t *rapid.T, want map[string]any, r *rollout.Route) {
	section := func(kind string) map[string]any { return want[kind].(map[string]any) }
	for _, x := range r.Routers {
		m := object(t, x.Options)
		m["service"] = x.Service
		if !strings.Contains(x.Service, "@") {
			m["service"] = labels.Qualify(r.App, x.Service)
		}
		section("routers")[labels.Qualify(r.App, x.Name)] = m
	}
	for _, x := range r.Middlewares {
		section("middlewares")[labels.Qualify(r.App, x.Name)] = object(t, x.Options)
	}
	for _, x := range r.Services {
		var children []any
		for _, b := range x.Backends {
			name := labels.Leaf(r.App, x.Name, b.Color)
			children = append(children, map[string]any{"name": name, "weight": float64(b.Weight)})
			m := object(t, b.Options.Options)
			if b.Options.Scheme != "https" {
				m["serversTransport"] = "bg"
			}
			servers := []any{}
			for _, s := range b.Servers {
				server := object(t, b.Options.Server)
				server["url"] = fmt.Sprintf("%s://%s:%d", b.Options.Scheme, s.Address, b.Options.Port)
				servers = append(servers, server)
			}
			m["servers"] = servers
			section("services")[name] = map[string]any{"loadBalancer": m}
		}
		section("services")[labels.Qualify(r.App, x.Name)] = map[string]any{"weighted": map[string]any{"services": children}}
	}
}

func object(t *rapid.T, text string) map[string]any {
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("the generator made %s: %v", text, err)
	}
	return m
}

var (
	names = rapid.StringMatching(`[a-z0-9]([a-z0-9-]{0,6}[a-z0-9])?`)
	// texts are full of what trips readers of YAML, of JSON or of templates.
	texts = rapid.StringOf(rapid.OneOf(
		rapid.SampledFrom([]rune("{{}}{{%#&*!|>'\"\\`:,-?@[]\n\r\t\x00\x7f\u0085\u00a0\u2028\u2029\ufeff\ufffe\uffff😀é║")),
		rapid.Rune(),
	))
)

func routings() *rapid.Generator[*rollout.Routing] {
	return rapid.Custom(func(t *rapid.T) *rollout.Routing {
		r := &rollout.Routing{Generation: rapid.Uint64().Draw(t, "generation")}
		for _, app := range sorted(t, "apps") {
			r.Routes = append(r.Routes, route(t, app))
		}
		return r
	})
}

func route(t *rapid.T, app string) *rollout.Route {
	r := &rollout.Route{App: app}
	for _, name := range sorted(t, "routers") {
		service := rapid.OneOf(names, rapid.Just("x@docker")).Draw(t, "service")
		r.Routers = append(r.Routers, labels.Router{Name: name, Service: service, Options: options(t, 0)})
	}
	for _, name := range sorted(t, "middlewares") {
		r.Middlewares = append(r.Middlewares, labels.Object{Name: name, Options: options(t, 1)})
	}
	for _, name := range sorted(t, "services") {
		if strings.HasSuffix(name, "-blue") || strings.HasSuffix(name, "-green") {
			continue
		}
		weight := rapid.IntRange(1, 100).Draw(t, "weight")
		s := rollout.Service{Name: name}
		for i, c := range labels.Colors {
			w := []int{weight, 100 - weight}[i]
			if w == 0 {
				continue
			}
			addresses := rapid.SliceOfN(rapid.StringMatching(`10(\.[1-9]){3}`), 1, 3).Draw(t, "addresses")
			s.Backends = append(s.Backends, backend(c, w, labels.Service{
				Port:    rapid.IntRange(1, 65535).Draw(t, "port"),
				Scheme:  rapid.SampledFrom([]string{"http", "https", "h2c"}).Draw(t, "scheme"),
				Server:  options(t, 0),
				Options: options(t, 0),
			}, addresses...))
		}
		r.Services = append(r.Services, s)
	}
	return r
}

func sorted(t *rapid.T, label string) []string {
	list := rapid.SliceOfNDistinct(names, 0, 4, rapid.ID[string]).Draw(t, label)
	m := make(map[string]bool)
	for _, n := range list {
		m[n] = true
	}
	return sortedKeys(m)
}

func sortedKeys(m map[string]bool) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	for i := range keys {
		for j := range i {
			if keys[i] < keys[j] {
				keys[i], keys[j] = keys[j], keys[i]
			}
		}
	}
	return keys
}

// options returns a JSON object in one of the spellings that encoders use.
func options(t *rapid.T, least int) string {
	m := rapid.MapOfN(keys, values(2), least, 3).Draw(t, "options")
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(rapid.Bool().Draw(t, "html"))
	if err := e.Encode(m); err != nil {
		t.Fatalf("%v", err)
	}
	text := strings.TrimSuffix(b.String(), "\n")
	if rapid.Bool().Draw(t, "ascii") {
		text = ascii(text)
	}
	return text
}

// keys of options are never those that bg itself writes, and short enough
// for Render in every spelling.
var keys = rapid.Map(texts, func(s string) string { return "k" + s }).Filter(func(s string) bool {
	longest, err := json.Marshal(s) // with HTML escapes
	return err == nil && len(ascii(string(longest)))-len(`""`) <= maxKey/6
})

func values(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.Map(texts, func(s string) any { return s }),
		rapid.Map(rapid.Int32(), func(i int32) any { return i }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Just[any](nil),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	return rapid.OneOf(append(leaves,
		rapid.Map(rapid.SliceOfN(values(depth-1), 0, 3), func(s []any) any { return s }),
		rapid.Map(rapid.MapOfN(keys, values(depth-1), 0, 3), func(m map[string]any) any { return m }),
	)...)
}

// ascii spells everything beyond ASCII as escapes, surrogate pairs included.
func ascii(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x7f:
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04X\u%04x`, high, low)
		}
	}
	return b.String()
}
