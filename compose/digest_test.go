package compose

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
)

func digest(t *testing.T, images map[string]string) string {
	t.Helper()
	p, err := Load(context.Background(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p.Digest(images)
}

func TestTheDigestChangesWithWhatIsReleasedAndWithNothingElse(t *testing.T) {
	text := services(
		"  web: {build: ., image: w, environment: {A: b}, configs: [c], secrets: [s, e], volumes: ['data:/d'], depends_on: [db], labels: {bg.enable: 'true'}}",
		api, "  db: {image: d, environment: {X: y}}") +
		"configs: {c: {file: ./c.txt}}\nsecrets: {s: {file: ./s.txt}, e: {environment: TOKEN}}\nvolumes: {data: }\n"
	write(t, "compose.yaml", text, "c.txt", "c", "s.txt", "s")
	t.Setenv("TOKEN", "1")
	images := map[string]string{"web": "sha256:1", "api": "sha256:2"}
	before := digest(t, images)
	if !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(before) {
		t.Fatalf("%q", before)
	}
	edit := func(old, new string) func() {
		return func() {
			changed := strings.Replace(text, old, new, 1)
			if changed == text {
				t.Fatalf("no %q", old)
			}
			if err := os.WriteFile("compose.yaml", []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	put := func(file, content string) func() {
		return func() {
			if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, c := range map[string]struct {
		do   func()
		want bool
	}{
		"environment":             {edit("A: b", "A: c"), true},
		"a label":                 {edit("bg.enable: 'true'", "bg.enable: 'true', bg.soak: 1m"), true},
		"a condition":             {edit("depends_on: [db]", "depends_on: {db: {condition: service_healthy}}"), true},
		"an option of a volume":   {edit("data: }", "data: {labels: {a: b}}}"), true},
		"a config's content":      {put("c.txt", "x"), true},
		"a secret's content":      {put("s.txt", "x"), true},
		"a secret of the shell":   {func() { t.Setenv("TOKEN", "2") }, true},
		"an image":                {func() { images = map[string]string{"web": "sha256:1", "api": "sha256:3"} }, true},
		"how an image is built":   {edit("build: .", "build: ./other"), false},
		"another name of a file":  {func() { put("d.txt", "c")(); edit("./c.txt", "./d.txt")() }, false},
		"the order of the file":   {edit("environment: {A: b}, configs: [c]", "configs: [c], environment: {A: b}"), false},
		"a shared service itself": {edit("X: y", "X: z"), false},
	} {
		t.Run(name, func(t *testing.T) {
			c.do()
			if got := digest(t, images) != before; got != c.want {
				t.Errorf("a new digest: %t", got)
			}
		})
		put("compose.yaml", text)()
		put("c.txt", "c")()
		put("s.txt", "s")()
		t.Setenv("TOKEN", "1")
		images = map[string]string{"web": "sha256:1", "api": "sha256:2"}
	}
}

func TestLargeAndMissingFilesHaveFingerprintsToo(t *testing.T) {
	write(t, "small", "x", "large", strings.Repeat("x", maxHashed+1))
	seen := map[string]bool{}
	for _, file := range []string{"", "small", "large", "none", "."} {
		sum := fingerprint(file)
		if seen[sum] || sum != fingerprint(file) {
			t.Errorf("%q: %q", file, sum)
		}
		seen[sum] = true
	}
}
