package api

import (
	"strings"
	"testing"
)

func TestATokenIsKnownByItsLineAndTheLineTellsNothingOfIt(t *testing.T) {
	token, line, err := NewToken("ci@build-1")
	if err != nil {
		t.Fatal(err)
	}
	if len(token) != len("bg_")+43 || !strings.HasPrefix(token, "bg_") {
		t.Errorf("%q is not bg_ and 256 bits", token)
	}
	if strings.Contains(line, token[len("bg_"):]) {
		t.Errorf("the line %q holds the token", line)
	}
	known, err := ParseTokens([]byte("# who may release\n\n" + line + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	if name, ok := known.Name(token); !ok || name != "ci@build-1" {
		t.Errorf("got %q, %t", name, ok)
	}
	sum := strings.Fields(line)[1]
	for _, wrong := range []string{"", sum, token + "x", token[:len(token)-1], strings.ToUpper(token), " " + token} {
		if name, ok := known.Name(wrong); ok {
			t.Errorf("%q is taken for the token of %s", wrong, name)
		}
	}
	if again, _, err := NewToken("ci@build-1"); err != nil || again == token {
		t.Errorf("the second token is %q, %v", again, err)
	}
}

func TestTwoTokensOfOneNameLetOneTakeOverFromTheOther(t *testing.T) {
	first, lineA, err := NewToken("ci")
	if err != nil {
		t.Fatal(err)
	}
	second, lineB, err := NewToken("ci")
	if err != nil {
		t.Fatal(err)
	}
	known, err := ParseTokens([]byte(lineA + "\r\n" + lineB))
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range []string{first, second} {
		if name, ok := known.Name(token); !ok || name != "ci" {
			t.Errorf("got %q, %t", name, ok)
		}
	}
}

func TestABadTokenFileIsRefusedByLineWithoutRepeatingIt(t *testing.T) {
	const secret = "bg_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U"
	for name, c := range map[string]struct{ text, want string }{
		"empty":          {"", "no token"},
		"comments":       {"# none yet\n", "no token"},
		"a token itself": {"# mine\nci " + secret, "line 2 holds a token itself"},
		"a lone token":   {secret, "line 1 is not NAME SHA256"},
		"a short hash":   {"ci " + sum[:63], "line 1 holds no SHA-256"},
		"capitals":       {"ci " + strings.ToUpper(sum), "line 1 holds no SHA-256"},
		"a bad name":     {"c\x1bi " + sum, "line 1 is not NAME SHA256"},
		"more":           {"ci " + sum + " admin", "line 1 is not NAME SHA256"},
		"two of one":     {"ci " + sum + "\nann " + sum, "line 2: ci and ann have the same token"},
		"very many":      {strings.Repeat("ci "+sum+"\n", maxTokens+1), "line 1001: more than 1000"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseTokens([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want an error with %q", err, c.want)
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error repeats the token: %v", err)
			}
		})
	}
}

func TestATokensNameIsShortAndPlain(t *testing.T) {
	for _, name := range []string{"", "-x", "a b", "a\n", "é", strings.Repeat("a", 64)} {
		if _, _, err := NewToken(name); err == nil || !strings.Contains(err.Error(), "63 at most") {
			t.Errorf("%q: got %v", name, err)
		}
	}
}
