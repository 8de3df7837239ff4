package api

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// sum is a digest.
var sum = strings.Repeat("3f9a2c81", 8)

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
		{VerbPromote, `{"digest":""}`, `promote takes no "digest": known are force, full, from, actor`},
		{VerbPromote, `{"x":1}`, `unknown member "x": known of promote are force, full, from, actor`},
		{VerbPromote, `{"from":101}`, `"from" is 101: give 0 to 100`},
		{VerbCanary, `{"percent":10,"from":5}`, `canary takes no "from"`},
		{VerbBegin, `{}`, `begin needs "digest"`},
		{VerbBegin, `{"digest":null}`, `begin needs "digest"`},
		{VerbBegin, `{"digest":"` + strings.Repeat("A", 64) + `"}`, `begin needs "digest"`},
		{VerbBegin, `{"digest":"` + sum + `0"}`, `begin needs "digest"`},
		{VerbBegin, `{"digest":"` + sum + `","keep":"yes"}`, `"keep" can't be a string`},
		{VerbBegin, `{"digest":"` + sum + `","release":"7"}`, `begin takes no "release": known are digest, message, keep, force, actor`},
		{VerbBegin, `{"digest":"` + sum + `","keep":true,"keep":false}`, `"keep" is given twice`},
		{VerbProceed, `{}`, `proceed needs "release"`},
		{VerbProceed, `{"release":"../7"}`, `proceed needs "release"`},
		{VerbProceed, `{"release":"7","message":"x"}`, `proceed takes no "message": known are release, containers, actor`},
		{VerbProceed, `{"release":"7","containers":-1}`, "-1 containers: give 0 to 10000"},
		{VerbProceed, `{"release":"7","containers":10001}`, "10001 containers"},
		{VerbBegin, `{"digest":"` + sum + `","containers":1}`, `begin takes no "containers"`},
		{VerbAbort, `{"message":"no disk"}`, `abort needs "release"`},
		{VerbAbort, `{"release":"` + strings.Repeat("7", 41) + `"}`, `abort needs "release"`},
		{VerbLock, `{"message":1}`, `"message" can't be a number`},
		{VerbUnlock, `{"force":true}`, `unlock takes no "force": known are actor`},
		{VerbContract, `{"release":"7"}`, `contract takes no "release"`},
		{"deploy", `{}`, `unknown verb "deploy": use promote, canary, rollback, begin`},
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
	for verb, body := range map[string]string{
		VerbPromote: `{}`, VerbRollback: `{}`, VerbLock: `{}`, VerbUnlock: `{}`, VerbContract: `{}`,
	} {
		if c, err = ParseCommand(verb, []byte(body)); err != nil || c != (Command{}) {
			t.Errorf("%s: got %+v, %v", verb, c, err)
		}
	}
	c, err = ParseCommand(VerbBegin, []byte(`{"digest":"`+sum+`","message":" a\nb\u001b ","keep":true,"force":true,"actor":"ann"}`))
	if want := (Command{Digest: sum, Message: "a b", Keep: true, Force: true, Actor: "ann"}); err != nil || c != want {
		t.Errorf("got %+v, %v", c, err)
	}
	c, err = ParseCommand(VerbAbort, []byte(`{"release":"7-3f9a2c81","message":"`+strings.Repeat("é", 300)+`"}`))
	if want := (Command{Release: "7-3f9a2c81", Message: strings.Repeat("é", 200)}); err != nil || c != want {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestErrorsQuoteLittleOfWhatTheyGot(t *testing.T) {
	for _, given := range []string{
		strings.Repeat("\U000e0001", 100), strings.Repeat("\xff", 100), strings.Repeat("é", 100),
		strings.Repeat("a", 100), strings.Repeat("\"", 100), strings.Repeat("\U0001f600", 100),
	} {
		if q := quoted(given); len(q) > 62 || len(q) < 40 || q[0] != '"' || q[len(q)-1] != '"' {
			t.Errorf("%d bytes: %s", len(q), q)
		}
		if text := badApp(given); len(text) > 200 {
			t.Errorf("%d bytes: %s", len(text), text)
		}
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
		`{"percent":1e2}`, `{"from":5}`, `{"a":{"a":[{}]}}`, `[`, `{"digest":"` + sum + `","keep":true,"message":"\u0007"}`, `{"release":"7-3f9a2c81"}`, `{"release":"7","containers":3}`, `{"release":"7","message":"no"}`,
		`{"` + strings.Repeat("\U000e0001", 40) + `":1}`, strings.Repeat("5", 400), `{"percent":` + strings.Repeat("1", 500) + `}`, `{"percent":10}{}`, "{\"actor\":\"\xff\"}",
	} {
		for _, verb := range append(verbs(), "deploy") {
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
		case c.From != nil && (verb != VerbPromote || *c.From < 0 || *c.From > 100):
			t.Fatalf("%s from %d", verb, *c.From)
		case c.Force && verb != VerbPromote && verb != VerbCanary && verb != VerbBegin:
			t.Fatalf("a forced %s", verb)
		case c.Keep && verb != VerbBegin:
			t.Fatalf("%s that keeps", verb)
		case (verb == VerbBegin) != (c.Digest != "") || c.Digest != "" && (len(c.Digest) != 64 || strings.Trim(c.Digest, "0123456789abcdef") != ""):
			t.Fatalf("%s with digest %q", verb, c.Digest)
		case (verb == VerbProceed || verb == VerbAbort) != (c.Release != "") || len(c.Release) > 40 || strings.ContainsAny(c.Release, "/. \n"):
			t.Fatalf("%s with release %q", verb, c.Release)
		case c.Containers != 0 && verb != VerbProceed || c.Containers < 0 || c.Containers > maxContainers:
			t.Fatalf("%s of %d containers", verb, c.Containers)
		case c.Message != "" && verb != VerbBegin && verb != VerbAbort && verb != VerbLock:
			t.Fatalf("%s with message %q", verb, c.Message)
		case utf8.RuneCountInString(c.Actor) > maxActor || utf8.RuneCountInString(c.Message) > maxMessage:
			t.Fatalf("an actor of %d bytes, a message of %d", len(c.Actor), len(c.Message))
		}
		for _, r := range c.Actor + c.Message {
			if !unicode.IsPrint(r) {
				t.Fatalf("unprintable %q in %q or %q", r, c.Actor, c.Message)
			}
		}
	})
}
