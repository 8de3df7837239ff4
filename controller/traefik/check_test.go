package traefik

import (
	"strings"
	"testing"
	"time"
)

// counted is an answer of Traefik's metrics with these lines in it.
func counted(lines string) string { return "traefik_config_reloads_total 1\n" + lines }

// sound makes f a Traefik without any problem.
func sound(t *testing.T) *fake {
	f := newFake(t)
	f.answer("/api/version", map[string]any{"Version": "3.7.10"})
	f.answer("/api/overview", map[string]any{"providers": []string{"File"}})
	f.answer("/api/entrypoints", []map[string]any{{"name": "web", "address": ":80"}})
	f.answer("/api/http/routers", []any{})
	f.answer("/api/http/services", []any{})
	f.answer("/metrics", counted(""))
	return f
}

func TestASoundTraefikHasNoProblems(t *testing.T) {
	info, problems := sound(t).client(t).Check(t.Context())
	if len(problems) > 0 || info.Version != "3.7.10" || !info.Failover || !info.Metrics || len(info.Entrypoints) != 1 || !strings.HasPrefix(info.Entrypoints[0], "web=") {
		t.Errorf("got %+v, %+v", info, problems)
	}
}

func TestCheckSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	for _, tt := range []struct {
		name     string
		path     string
		body     any
		severity string
		text     []string
	}{
		{"too old", "/api/version", map[string]any{"Version": "2.11.0"}, Error, []string{"2.11.0", "3.0", "traefik:v3.7"}},
		{"old", "/api/version", map[string]any{"Version": "v3.6.2"}, Warning, []string{"3.6.2", "3.7"}},
		{"no file provider", "/api/overview", map[string]any{"providers": []string{"Docker2"}}, Error, []string{"--providers.file.directory"}},
		{"Docker provider", "/api/overview", map[string]any{"providers": []string{"Docker", "File"}}, Warning, []string{"!Label(`bg.enable`,`true`)"}},
		{"no entrypoint", "/api/entrypoints", []any{}, Error, []string{"entrypoint"}},
		{"no Traefik", "/api/version", "<html>", Error, []string{"cannot be reached"}},
		{"broken router", "/api/http/routers", []any{
			map[string]any{"name": "shop-web@file", "provider": "file", "status": "disabled", "error": []string{"no such\nmiddleware"}},
			map[string]any{"name": "x@docker", "provider": "docker", "status": "disabled", "error": []string{"theirs"}},
			map[string]any{"name": "fine@file", "provider": "file", "status": "enabled"},
		}, Error, []string{"router shop-web@file", "no such middleware"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := sound(t)
			f.answer(tt.path, tt.body)
			_, problems := f.client(t).Check(t.Context())
			var found bool
			for _, p := range problems {
				found = found || p.Severity == tt.severity
				for _, want := range tt.text {
					found = found && strings.Contains(p.Text, want)
				}
				if strings.Contains(p.Text, "docker is") || strings.Contains(p.Text, "fine@file") {
					t.Errorf("too much: %s", p.Text)
				}
				if found {
					break
				}
			}
			if !found {
				t.Errorf("got %+v", problems)
			}
		})
	}
}

func TestCheckSaysWhereTheJudgeIsBlind(t *testing.T) {
	blind := func(c *Client) string {
		t.Helper()
		info, problems := c.Check(t.Context())
		if info.Metrics != (len(problems) == 0) || len(problems) > 1 || len(problems) == 1 && (problems[0].Severity != Warning || !strings.Contains(problems[0].Text, "not judged")) {
			t.Errorf("got %+v, %+v", info, problems)
		}
		if len(problems) == 0 {
			return ""
		}
		return problems[0].Text
	}
	if text := blind(without(t)); !strings.Contains(text, "--metrics.prometheus=true") {
		t.Errorf("without metrics it says %q", text)
	}
	users := func(n string) string {
		return `traefik_entrypoint_requests_total{code="200",entrypoint="web",method="GET",protocol="http"} ` + n + "\n"
	}
	f := sound(t)
	c := f.client(t)
	for i, tt := range []struct {
		lines string
		blind bool
	}{
		{users("5"), false}, // of services that are gone, perhaps
		{users("5"), false},
		{`traefik_entrypoint_requests_total{code="200",entrypoint="traefik",method="GET",protocol="http"} 9` + "\n" + users("5"), false},
		{users("6"), true},
		{users("6"), true},
		{users("7") + request(strings.Replace(blueGet, "@file", "@docker", 1), "1"), false},
		{users("9"), false}, // of the service that was named before, and is gone
		{users("9"), false},
		{users("10"), true},
		{users("10") + request(strings.Replace(blueGet, "@file", "@docker", 1), "1"), false},
		{users("1"), false},
	} {
		f.answer("/metrics", counted(tt.lines))
		if text := blind(c); tt.blind != strings.Contains(text, "--metrics.prometheus.addServicesLabels=true") {
			t.Errorf("look %d says %q", i, text)
		}
	}
}

func TestCheckSparesATraefikThatHasMuchToCount(t *testing.T) {
	for _, tt := range []struct{ apps, looks int }{{100, 3}, {101, 1}} {
		f := sound(t)
		f.answer("/metrics", string(crowd(tt.apps, composeBounds)))
		c := f.client(t)
		for range 3 {
			if info, problems := c.Check(t.Context()); !info.Metrics || len(problems) > 0 {
				t.Fatalf("got %+v, %+v", info, problems)
			}
		}
		if n := f.count("/metrics"); n != tt.looks {
			t.Errorf("with %d apps the metrics were looked at %d times, want %d", tt.apps, n, tt.looks)
		}
	}
}

// without is a client of a Traefik without metrics, but else without a problem.
func without(t *testing.T) *Client {
	c := sound(t).client(t)
	if err := c.MetricsAt("http://" + door(t, false, always(404))); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhyTraefikServesNoPreviewIsNotTold(t *testing.T) {
	f := sound(t)
	f.answer("/api/http/routers", []any{map[string]any{
		"name": "shop-web~preview@file", "provider": "file", "status": "disabled", "error": []string{"error while parsing rule Header(`X`, `secret`)"},
	}})
	_, problems := f.client(t).Check(t.Context())
	if len(problems) == 0 || !strings.Contains(problems[0].Text, "shop-web~preview@file") || strings.Contains(problems[0].Text, "secret") {
		t.Errorf("got %+v", problems)
	}
}

func TestErrorsComeBeforeWarnings(t *testing.T) {
	f := sound(t)
	f.answer("/api/version", map[string]any{"Version": "3.1"})
	f.answer("/api/overview", map[string]any{"providers": []string{"Docker"}})
	_, problems := f.client(t).Check(t.Context())
	if len(problems) != 3 || problems[0].Severity != Error || problems[1].Severity != Warning {
		t.Errorf("got %+v", problems)
	}
}

func TestATraefikMadeFromSourceIsTakenForANewOne(t *testing.T) {
	f := sound(t)
	f.answer("/api/version", map[string]any{"Version": "dev"})
	if info, problems := f.client(t).Check(t.Context()); !info.Failover || len(problems) > 0 {
		t.Errorf("got %+v, %+v", info, problems)
	}
}

func TestAThrottleTakesThreeSlowOnesOfTheLastFive(t *testing.T) {
	const fast, slow = 5 * time.Millisecond, 1900 * time.Millisecond
	for _, tt := range []struct {
		samples []time.Duration
		want    bool
	}{
		{nil, false},
		{[]time.Duration{slow, slow}, false},
		{[]time.Duration{slow, fast, slow, fast, slow}, true},
		{[]time.Duration{slow, slow, slow, fast, fast, fast, fast}, false},
		{[]time.Duration{slow, slow, slow, fast, fast, slow, slow}, true},
		{[]time.Duration{slow, fast, fast, fast, slow, slow}, false},
	} {
		if got := Throttled(tt.samples); got != tt.want {
			t.Errorf("%v: %t", tt.samples, got)
		}
	}
}
