package api

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestParseCommandRefusesAllButOneExactObject(t *testing.T) {
	for _, c := range []struct{ verb, body, want string }{
		{VerbCanary, ``, "empty"},
		{VerbCanary, `{}`, `needs "percent"`},
		{VerbCanary, `{"percent":101}`, "101 is no percentage"},
		{VerbCanary, `{"percent":-1}`, "-1 is no percentage"},
		{VerbCanary, `{"percent":1.5}`, `"percent" can't be`},
		{VerbCanary, `{"percent":"10"}`, `"percent" can't be a string`},
		{VerbCanary, `{"percent":10,"percent":20}`, `"percent" is given twice`},
		{VerbCanary, `{"Percent":10}`, "unknown member"},
		{VerbCanary, `{"percent":10} {}`, "more than one"},
		{VerbCanary, `{"percent":10}]`, "more than one"},
		{VerbCanary, `{"percent":10`, "not JSON"},
		{VerbCanary, `[10]`, "not a JSON object"},
		{VerbCanary, `null`, "not a JSON object"},
		{VerbPromote, `{"weight":10}`, `unknown member "weight"`},
		{VerbPromote, `{"percent":10}`, `takes no "percent"`},
		{VerbRollback, `{"force":true}`, `takes no "force"`},
		{"deploy", `{}`, "unknown verb"},
	} {
		_, err := ParseCommand(c.verb, []byte(c.body))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: got %v, want an error with %q", c.verb, c.body, err, c.want)
		}
	}
}

func TestParseCommandTakesWhatIsValid(t *testing.T) {
	c, err := ParseCommand(VerbCanary, []byte(` {"percent":0,"force":true,"actor":"ann\u0000@\u202ehost\n"} `))
	if err != nil || *c.Percent != 0 || !c.Force || c.Actor != "ann @ host" {
		t.Errorf("got %+v, %v", c, err)
	}
	if c, err = ParseCommand(VerbPromote, []byte(`{}`)); err != nil || c != (Command{}) {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestCleanActorIsShortAndPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"ann@host":                     "ann@host",
		"\x1b[31mred":                  "[31mred",
		"a\r\nb":                       "a b",
		"\xff\xfe":                     "",
		strings.Repeat("é", 100):       strings.Repeat("é", 64),
		strings.Repeat("a", 63) + " b": strings.Repeat("a", 63),
	} {
		if got := CleanActor(in); got != want {
			t.Errorf("CleanActor(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestValidAppFollowsTheGrammar(t *testing.T) {
	for name, want := range map[string]bool{
		"shop": true, "0": true, "a-b-": true, strings.Repeat("a", 63): true,
		"": false, "-a": false, "Shop": false, "a_b": false, "a\n": false, "é": false,
		strings.Repeat("a", 64): false, "..": false,
	} {
		if ValidApp(name) != want {
			t.Errorf("ValidApp(%q) = %t", name, !want)
		}
	}
}

func FuzzCommand(f *testing.F) {
	for _, body := range []string{
		`{}`, `{"percent":10}`, `{"percent":null,"actor":"\u202e"}`, `{"force":true}`,
		`{"percent":1e2}`, `{"a":{"a":[{}]}}`, `[`, strings.Repeat("5", 400), `{"percent":` + strings.Repeat("1", 500) + `}`, `{"percent":10}{}`, "{\"actor\":\"\xff\"}",
	} {
		for _, verb := range []string{VerbPromote, VerbCanary, VerbRollback} {
			f.Add(verb, []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, verb string, body []byte) {
		c, err := ParseCommand(verb, body)
		if err != nil {
			if err.Error() == "" || len(err.Error()) > 400 {
				t.Fatalf("an error of %d bytes: %.500s", len(err.Error()), err)
			}
			return
		}
		switch {
		case (verb == VerbCanary) != (c.Percent != nil):
			t.Fatalf("%s with percent %v", verb, c.Percent)
		case c.Percent != nil && (*c.Percent < 0 || *c.Percent > 100):
			t.Fatalf("percent %d", *c.Percent)
		case verb == VerbRollback && c.Force:
			t.Fatal("a forced rollback")
		case utf8.RuneCountInString(c.Actor) > maxActor:
			t.Fatalf("an actor of %d bytes", len(c.Actor))
		}
		for _, r := range c.Actor {
			if !unicode.IsPrint(r) {
				t.Fatalf("unprintable %q in actor %q", r, c.Actor)
			}
		}
	})
}
