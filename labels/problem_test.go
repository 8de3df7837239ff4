package labels

import (
	"fmt"
	"strings"
	"testing"
)

func TestAtMostTenProblemsAreShown(t *testing.T) {
	labels := web()
	for i := range 25 {
		labels[fmt.Sprintf("bg.oops%d", i)] = "x"
	}
	_, err := Decode(Container{Name: "c1", Labels: labels})
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != maxProblems+1 || !strings.HasSuffix(lines[maxProblems], "and 15 more") {
		t.Error(err)
	}
}

func TestProblemsShowValuesShortAndQuoted(t *testing.T) {
	wantError(t, Container{Name: "c\x1b[2J", Labels: web("bg.port", "\x1b[31m")}, `container "c\x1b[2J"`, `bg.port="\x1b[31m"`)

	_, err := Decode(Container{Name: "c1", Labels: web("bg.port", strings.Repeat("ü", 4000))})
	if err == nil || len(err.Error()) > 400 || !strings.Contains(err.Error(), "…") {
		t.Error(err)
	}
}

func TestProblemsKeepSecrets(t *testing.T) {
	for _, key := range []string{
		"traefik.http.middlewares.m.basicauth.users[0]",
		"traefik.http.middlewares.m.headers.customrequestheaders[0]",
		"traefik.http.middlewares.m.basicauth.removeheader",
		"bg.preview.header",
		"bg.smoke.home.header.Cookie",
	} {
		_, err := Decode(Container{Name: "c1", Labels: web("bg.smoke.home.path", "/", key, "hunter2\nhunter2")})
		if err == nil || !strings.Contains(err.Error(), key) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", key, err)
		}
	}
}
