package traefik

import (
	"slices"
	"strings"
	"testing"
)

// In the tables ' stands for Traefik's quote.
func quoted(s string) string { return strings.ReplaceAll(s, "'", "`") }

func TestARuleMovesToAnotherHostWithAllElseThatItAsksFor(t *testing.T) {
	for rule, want := range map[string]string{
		"Host('a.test')":                                      "(Host('n')) && Host('n')",
		"host('a.test') && PathPrefix('/x')":                  "(Host('n') && PathPrefix('/x')) && Host('n')",
		"Host('a.test', 'b.test') || HostRegexp('.+')":        "(Host('n') || Host('n')) && Host('n')",
		"PathPrefix('/x')":                                    "(PathPrefix('/x')) && Host('n')",
		"Host('a.test') || PathPrefix('/x')":                  "(Host('n') || PathPrefix('/x')) && Host('n')",
		"!Host('a.test') && HostHeader('b.test')":             "(!Host('a.test') && Host('n')) && Host('n')",
		"!(Host('a.test') || !HOST('b.test'))":                "(!(Host('a.test') || !Host('n'))) && Host('n')",
		"Header('é', 'Host(x)') &&  ( HostRegexp(\"[a-z]\"))": "(Header('é', 'Host(x)') &&  ( Host('n'))) && Host('n')",
	} {
		if got, ok := rehost(quoted(rule), "n"); !ok || got != quoted(want) {
			t.Errorf("%s\nbecomes %s\nwant    %s", rule, got, quoted(want))
		}
	}
}

func TestARuleThatCouldMeanMoreInBracketsIsNotNarrowed(t *testing.T) {
	for _, rule := range []string{
		"", "Host('a'", "Host('a')) || (PathPrefix('/')", "Host('a') // of old", "Host('a') /*", "Host('a') //\n",
		"Host('a'); Host('b')", strings.Repeat("(", maxRule+1),
	} {
		if got, ok := both(quoted(rule), quoted("Header('X', '1')")); ok {
			t.Errorf("%.40q becomes %.80q", rule, got)
		}
		if got, ok := rehost(quoted(rule), "n"); ok {
			t.Errorf("%.40q moves to %.80q", rule, got)
		}
	}
}

func TestTheHostsThatARuleNames(t *testing.T) {
	rule := quoted("Host('A.test') && (HostHeader('b.test','c.test') || !Host('d.test')) || HostRegexp('e.+')")
	if got := hosts(rule); !slices.Equal(got, []string{"a.test", "b.test", "c.test"}) {
		t.Errorf("it names %q", got)
	}
}

func TestAPatternForEveryHostNamesNone(t *testing.T) {
	for rule, want := range map[string]bool{
		"Host('Next.test')":                    true,
		"Host('next.test.')":                   true,
		"Host('test')":                         false,
		"Host('a.next.test')":                  false,
		"Host('*.test')":                       true,
		"Host('*.next.test')":                  false,
		"Host('*')":                            false,
		"HostRegexp('^[a-z]+[.]test$')":        true,
		"HostRegexp('^a[.]test$')":             false,
		"HostRegexp('.+')":                     false,
		"HostRegexp('{sub:[a-z]+}.next.test')": true, // of version 2: in doubt
		"HostRegexp('(')":                      true,
		"!Host('next.test')":                   false,
		"PathPrefix('/')":                      false,
	} {
		got := slices.ContainsFunc(hostCalls(parseRule(quoted(rule)), false), func(c hostCall) bool { return c.names("next.test") })
		if got != want {
			t.Errorf("%s names next.test: %t", rule, got)
		}
	}
}
