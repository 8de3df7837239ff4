package compose_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bg/compose"
	"bg/labels"
)

// ids gives every service an image ID, as the engine would.
func ids(p *compose.Project) map[string]string {
	images := map[string]string{}
	for i, s := range p.Services {
		images[s.Name] = fmt.Sprintf("sha256:%064x", i+1)
	}
	return images
}

func TestTheDigestIsOfTheContentAlone(t *testing.T) {
	eachCase(t, func(t *testing.T, c corpusCase) {
		p := c.load(t)
		before := p.Digest(ids(p))
		render(t, p, labels.Blue)
		render(t, p, labels.Green)
		if again := p.Digest(ids(p)); again != before {
			t.Errorf("%s before both colors were rendered, %s after", before, again)
		}
		if other := c.load(t).Digest(ids(p)); other != before {
			t.Errorf("%s, and loaded again %s", before, other)
		}
		for _, s := range p.Services {
			images := ids(p)
			images[s.Name] = "sha256:" + strings.Repeat("f", 64)
			if changed := p.Digest(images) != before; changed != (s.Kind != compose.Shared) {
				t.Errorf("with another image of %s service %s the digest is a new one: %t", s.Kind, s.Name, changed)
			}
		}
	})
}

func TestAKeptReleaseIsRenderedAsTheFirstTimeWithoutTheUsersFiles(t *testing.T) {
	eachCase(t, func(t *testing.T, c corpusCase) {
		p := c.load(t)
		data, err := p.Keep(target(p, labels.Blue).Images)
		if err != nil {
			t.Fatal(err)
		}
		want, digest := map[labels.Color][]byte{}, p.Digest(ids(p))
		for _, color := range labels.Colors {
			want[color] = render(t, p, color)
		}
		for key := range c.Env {
			os.Unsetenv(key) // enterCase brings it back
		}
		t.Chdir(t.TempDir())
		kept, err := compose.LoadKept(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, color := range labels.Colors {
			if diff := cmp.Diff(string(want[color]), string(render(t, kept, color))); diff != "" {
				t.Errorf("%s (-as loaded +as kept):\n%s", color, diff)
			}
		}
		if got := kept.Digest(ids(kept)); got != digest {
			t.Errorf("digest %s, want %s", got, digest)
		}
		if again, err := kept.Keep(target(kept, labels.Blue).Images); err != nil || string(again) != string(data) {
			t.Errorf("kept once more: %v, differs: %t", err, string(again) != string(data))
		}
	})
}
