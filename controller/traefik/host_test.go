package traefik

import (
	"strings"
	"testing"
)

func TestTheFirstHostOfARuleIsFound(t *testing.T) {
	for rule, want := range map[string]string{
		"Host(`shop.test`)":                                  "shop.test",
		`Host("shop.test")`:                                  "shop.test",
		"host( `shop.test` )":                                "shop.test",
		"Host(`a.test`) || Host(`b.test`)":                   "a.test",
		"PathPrefix(`/x`) && (Host(`a.test`))":               "a.test",
		"Host(`a.test`, `b.test`)":                           "a.test",
		"Host(`*.a.test`) || Host(`b.test`)":                 "b.test",
		"HostRegexp(`^.+$`) || Host(`b.test`)":               "b.test",
		"!Host(`a.test`) && Host(`b.test`)":                  "b.test",
		"! Host(`a.test`)":                                   "",
		"!(PathPrefix(`/`) || Host(`a.test`))":               "",
		"!!Host(`a.test`)":                                   "a.test",
		"!(!Host(`a.test`)) || Host(`b.test`)":               "a.test",
		"HostRegexp(`a.test`)":                               "",
		"HostSNI(`a.test`)":                                  "",
		"Path(`/Host(x)`) && Host(`b.test`)":                 "b.test",
		"Header(`X`, \"Host(`a.test`)\") && Host(`b.test`)":  "b.test",
		"Header(`X`, `Host(\"a.test\")`)":                    "",
		`Path("/\"Host(x)\"") && Host("b.test")`:             "b.test",
		"Host(`a b`) || Host(`a\r\nX: y`) || Host(`b.test`)": "b.test",
		"Host(``)":            "",
		"Host(x)":             "",
		"Host()":              "",
		"Host(`a.test`":       "",
		"Host(`a.test`) && ":  "",
		"Host('a.test')":      "",
		"x.Host(`a.test`)":    "",
		"":                    "",
		"PathPrefix(`/`)":     "",
		"Host(`a.test:8080`)": "",
		"Host(`" + strings.Repeat("a", 254) + "`)":                                 "",
		strings.Repeat("(", 1<<15) + "Host(`a.test`)" + strings.Repeat(")", 1<<15): "",
	} {
		if got := FirstHost(rule); got != want {
			t.Errorf("%.80s\ngot  %q\nwant %q", rule, got, want)
		}
	}
}

func TestRulesUpToALengthAreLookedInto(t *testing.T) {
	const host = "Host(`a.test`)"
	for name, tt := range map[string]struct{ rule, want string }{
		"deep":     {strings.Repeat("!", (maxRule-len(host))/2*2) + host, "a.test"},
		"many":     {strings.Repeat("Path(`/`)||", maxRule/16) + host, "a.test"},
		"too long": {host + strings.Repeat(" ", maxRule), ""},
	} {
		if got := FirstHost(tt.rule); got != tt.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
