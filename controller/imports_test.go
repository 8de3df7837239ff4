package controller

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers are the project's packages from the bottom up; imports point down
// only, and edges never import each other.
var layers = [][]string{
	{"bg/controller/internal/durable", "bg/controller/internal/failpoint", "bg/controller/internal/unixsocket", "bg/labels"},
	{"bg/controller/judge"},
	{"bg/controller/rollout"},
	{
		"bg/controller/docker", "bg/controller/socketproxy", "bg/controller/probe", "bg/controller/traefik",
		"bg/controller/store", "bg/controller/api", "bg/compose",
	},
	{"bg/controller"},
	{"bg/cmd/bg"},
}

// sole names the one package of the product that may import a library.
var sole = map[string]string{
	"github.com/traefik/paerser":         "bg/labels",
	"github.com/docker/docker":           "bg/controller/docker",
	"github.com/compose-spec/compose-go": "bg/compose",
	"go.etcd.io/bbolt":                   "bg/controller/store",
	"github.com/urfave/cli":              "bg/cmd/bg",
}

func TestImportsPointDownOnly(t *testing.T) {
	for pkg, imports := range packages(t) {
		for _, imported := range imports {
			from, to := layer(pkg), layer(imported)
			switch {
			case from < 0 || to < 0:
			case to > from:
				t.Errorf("%s imports %s, which stands above it", pkg, imported)
			case to == from:
				t.Errorf("%s imports %s, which stands beside it", pkg, imported)
			}
		}
	}
}

func TestEachLibraryHasOneImporter(t *testing.T) {
	for pkg, imports := range packages(t) {
		if strings.HasPrefix(pkg, "bg/e2e") || strings.HasSuffix(pkg, "test") {
			continue
		}
		for _, imported := range imports {
			for library, owner := range sole {
				if strings.HasPrefix(imported, library) && pkg != owner {
					t.Errorf("%s imports %s, which is %s's alone", pkg, imported, owner)
				}
			}
		}
	}
}

// The decision must not be able to read a clock, a file or the network, or
// to write a log.
func TestTheDecisionHasNoEffects(t *testing.T) {
	banned := []string{"os", "net", "net/http", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand", "context"}
	all := packages(t)
	for _, pkg := range []string{"bg/controller/rollout", "bg/controller/judge"} {
		for _, imported := range all[pkg] {
			if slices.Contains(banned, imported) {
				t.Errorf("%s imports %s", pkg, imported)
			}
		}
	}
}

// packages returns what every package of the module imports, tests left out.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "bg/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		all[fields[0]] = fields[1:]
	}
	if len(all["bg/controller/rollout"]) == 0 {
		t.Fatal("go list names no imports of rollout: this test looks at nothing")
	}
	return all
}

func layer(pkg string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, pkg) })
}
