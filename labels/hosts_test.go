package labels

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Attack 1 of the bar: claims another app's host: refused, in the history (first owner wins).
func TestARuleClaimsTheHostsItMatchesHoweverTheyAreWritten(t *testing.T) {
	for rule, want := range map[string]string{
		// One host, in every form that matches requests for it.
		"Host(`a.example`)":                                      "a.example",
		"Host(\"a.example\")":                                    "a.example",
		"Host(\"\\x61.example\")":                                "a.example",
		"HOST(`a.example`)":                                      "a.example",
		"host(`A.Example`)":                                      "a.example",
		"Host(`a.example.`)":                                     "a.example",
		"Host(`a.example..`)":                                    "a.example",
		"((Host(`a.example`)))":                                  "a.example",
		"!!Host(`a.example`)":                                    "a.example",
		"Host(`a.example`) && PathPrefix(`/x`)":                  "a.example",
		"Method(`GET`) && !Path(`/x`) && Host(`a.example`)":      "a.example",
		"Host(`a.example`) // Host(`b.example`)":                 "a.example",
		"Host(`a.example`,`b.example`)":                          "a.example b.example",
		"HostHeader(`a.example`, `b.example`)":                   "a.example b.example",
		"Host(`b.example`) || Host(`a.example`)":                 "a.example b.example",
		"(Host(`a.example`) || Host(`b.example`)) && Path(`/x`)": "a.example b.example",
		"!(!Host(`a.example`) && !Host(`b.example`))":            "a.example b.example",
		"HostRegexp(`^a\\.example$`)":                            "a.example",
		"HostRegexp(`(?i)^A\\.EXAMPLE$`)":                        "a.example",
		"Host(`xn--bcher-kva.example`)":                          "xn--bcher-kva.example",
		"Host(`*.b.example`) && Host(`a.b.example`)":             "*.b.example a.b.example",
		// Hosts below another one.
		"Host(`*.b.example`)":                 "*.b.example",
		"HostRegexp(`^.+\\.b\\.example$`)":    "*.b.example",
		"HostRegexp(`[a-z]+\\.b\\.example$`)": "*.b.example",
		"HostRegexp(`b\\.example$`)":          "*.example", // xb.example too
		// All hosts.
		"Host(`*`)":                                "*",
		"PathPrefix(`/`)":                          "*",
		"Method(`GET`)":                            "*",
		"ClientIP(`0.0.0.0/0`)":                    "*",
		"Header(`Host`, `a.example`)":              "*",
		"HeaderRegexp(`Host`, `.*`)":               "*",
		"HostRegexp(`.*`)":                         "*",
		"HostRegexp(`^[a-z.]+$`)":                  "*",
		"HostRegexp(`^a\\.example`)":               "*", // a.example.evil too
		"HostRegexp(`a\\.example$|b`)":             "*",
		"HostRegexp(`(?m)a\\.example$`)":           "*",
		"HostRegexp(`{sub:.*}`)":                   "*",
		"HostRegexp(`{sub:[a-z]+}.b.example`)":     "*",
		"HostRegexp(`(`)":                          "*",
		"Host(`b.example`) || PathPrefix(`/a`)":    "* b.example",
		"!Host(`a.example`)":                       "* a.example", // TLS options go by what is named
		"!(Host(`a.example`) && Path(`/x`))":       "* a.example",
		"Host(`a.example`) && Host(`b.example`)":   "a.example b.example",
		"Host(`b.example`) && !Host(`a.example`)":  "a.example b.example",
		"Host(`b.example`) && HostRegexp(`.*`)":    "b.example",
		"Host(`a.example`) && HostRegexp(`^b\\.`)": "a.example",
		// What is no rule, or of a Traefik to come.
		"":                                       "*",
		"Host(`a.example`":                       "*",
		"Host(`a.example`) == Host(`b.example`)": "* a.example b.example",
		"Host(a.example)":                        "*",
		"Host()":                                 "",
		"Host(``)":                               "*",
		"Host(`" + strings.Repeat("a", 254) + "`)": "*",
		"Host(`a b`)":          "*",
		"Host(`api@internal`)": "*",
		"Host(\"a\\nb\")":      "*",
		"Host(`a.*.example`)":  "*",
		"Host(`*a.example`)":   "*",
		"Plugin(`a.example`)":  "*",
		"-Host(`a.example`)":   "* a.example",
	} {
		if got := strings.Join(hosts(rule), " "); got != want {
			t.Errorf("%s claims %q, want %q", rule, got, want)
		}
	}
}

// FuzzClaims wants every host that a rule can match among its claims, by an
// evaluation that knows nothing of them.
func FuzzClaims(f *testing.F) {
	for _, rule := range []string{
		"Host(`a.example`) && PathPrefix(`/`)", "!Host(`a.example`)", "Host(`*`)", "Host(`*.example`) || Path(`/x`)",
		"HostRegexp(`^.+\\.b\\.example$`) && !Host(`a.b.example`)", "Host(`a.example.`,`b.example`)", "HostRegexp(`{a:.*}`)",
		"!(Host(`a`) || !HostRegexp(`(?i)B\\.example$`))", "host(\"a\") && HOST(`b`)", "Host(`a`", "x.y(`a`)",
	} {
		f.Add(rule, "a.example")
		f.Add(rule, "x.b.example")
	}
	f.Fuzz(mustClaim)
}

// TestClaimsHoldEveryHostThatARuleMatches does the same with rules put
// together from what rules are made of.
func TestClaimsHoldEveryHostThatARuleMatches(t *testing.T) {
	atom := rapid.SampledFrom([]string{
		"Host(`a.example`)", "Host(`B.example.`)", "Host(`*.example`)", "Host(`*`)", "Host(`a.example`, `x.b.example`)", "HostHeader(`b.example`)",
		"HostRegexp(`^a\\.example$`)", "HostRegexp(`\\.b\\.example$`)", "HostRegexp(`b\\.example$`)", "HostRegexp(`^b`)", "HostRegexp(`.*`)",
		"Path(`/`)", "ClientIP(`::/0`)",
	})
	var rule func(t *rapid.T, depth int) string
	rule = func(t *rapid.T, depth int) string {
		n := rapid.IntRange(0, 4).Draw(t, "form")
		switch {
		case depth == 0 || n == 0:
			return atom.Draw(t, "matcher")
		case n == 1:
			return "!(" + rule(t, depth-1) + ")"
		case n == 2:
			return "(" + rule(t, depth-1) + ")"
		}
		return rule(t, depth-1) + rapid.SampledFrom([]string{" && ", " || "}).Draw(t, "operator") + rule(t, depth-1)
	}
	host := rapid.SampledFrom([]string{"a.example", "b.example", "x.b.example", "y.x.b.example", "other", "A.example.", "xb.example"})
	rapid.Check(t, func(r *rapid.T) {
		mustClaim(t, rule(r, 4), host.Draw(r, "host"))
	})
}

func mustClaim(t *testing.T, rule, host string) {
	claims := hosts(rule)
	if !slices.IsSorted(claims) || len(claims) > len(rule)+1 {
		t.Fatalf("%q claims %q", rule, claims)
	}
	// As Traefik makes it of what a request says.
	host = strings.ToLower(strings.TrimSpace(host))
	e, err := parser.ParseExpr(rule)
	if err != nil || host == "" || strings.ContainsFunc(host, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return
	}
	plain := strings.TrimRight(host, ".")
	if mayMatch(e, host, true) && !slices.ContainsFunc(claims, func(c string) bool { return covers(c, plain) }) {
		t.Fatalf("%q matches %q, but claims %q", rule, host, claims)
	}
}

// mayMatch reports whether some request for the host makes the expression
// come out as want. It is Traefik's muxer, with all but hosts left open.
func mayMatch(e ast.Expr, host string, want bool) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return mayMatch(e.X, host, want)
	case *ast.UnaryExpr:
		return e.Op != token.NOT || mayMatch(e.X, host, !want)
	case *ast.BinaryExpr:
		x, y := mayMatch(e.X, host, want), mayMatch(e.Y, host, want)
		switch {
		case e.Op == token.LAND && want, e.Op == token.LOR && !want:
			return x && y
		case e.Op == token.LAND, e.Op == token.LOR:
			return x || y
		}
	case *ast.CallExpr:
		name, ok := e.Fun.(*ast.Ident)
		if !ok {
			return true
		}
		match := map[string]func(string, string) bool{"host": matchHost, "hostheader": matchHost, "hostregexp": matchPattern}[strings.ToLower(name.Name)]
		if match == nil {
			return true
		}
		for _, arg := range e.Args {
			lit, ok := arg.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			if text, err := strconv.Unquote(lit.Value); err != nil || match(text, host) {
				return err != nil || want
			}
		}
		return !want
	}
	return true
}

func matchHost(name, host string) bool {
	if name == "*" {
		return true
	}
	name = strings.ToLower(name)
	same := func(domain, name string) bool {
		if strings.HasPrefix(name, "*") {
			parts := strings.Split(domain, ".")
			parts[0] = "*"
			domain = strings.Join(parts, ".")
		}
		return strings.EqualFold(domain, name)
	}
	return same(host, name) || strings.HasSuffix(name, ".") && same(host, strings.TrimSuffix(name, ".")) ||
		strings.HasSuffix(host, ".") && same(strings.TrimSuffix(host, "."), name)
}

// matchPattern leaves open what the syntax of version 2 might make of braces.
func matchPattern(pattern, host string) bool {
	re, err := regexp.Compile(pattern)
	return err != nil || strings.Contains(pattern, "{") || re.MatchString(host)
}
