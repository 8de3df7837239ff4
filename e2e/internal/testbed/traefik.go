package testbed

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/format"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const traefikPackage = "github.com/traefik/traefik/v3"

// traefikImage pulls Traefik, or builds it when that is impossible.
func (t *Testbed) traefikImage(ctx context.Context, say func(string)) (string, error) {
	if _, found := t.imageLabel(ctx, TraefikImage, binaryLabel); found {
		return "image is there", nil
	}
	err := t.pull(ctx, TraefikImage)
	if err == nil {
		return "pulled", nil
	}
	if ctx.Err() != nil {
		return "", err
	}
	say("cannot be pulled (" + reason(err) + ")")
	return t.buildTraefik(ctx, say)
}

// pullSilence is how long a registry may take for the first sign of an answer;
// the download after that may take its time.
const pullSilence = 15 * time.Second

func (t *Testbed) pull(ctx context.Context, name string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(pullSilence, func() {
		cancel(fmt.Errorf("no answer from the registry in %s", pullSilence))
	})
	defer silence.Stop()
	cmd := t.Docker(ctx, "pull", name)
	var stderr bytes.Buffer
	cmd.Stdout = writerFunc(func(b []byte) (int, error) { silence.Stop(); return len(b), nil })
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return fmt.Errorf("%s: %w%s", shown(cmd), err, tail(stderr.String()))
	}
	return nil
}

// reason shortens the error of a pull to what tells the cases apart.
func reason(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		text = text[i+2:]
	}
	if len(text) > 40 {
		text = text[:40]
	}
	return strings.TrimSpace(text)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// buildTraefik builds the same Traefik from its Go module. The image differs
// from the published one in what has no part in routing: no dashboard pages and
// no ACME DNS providers, some of whose modules cannot be had any more.
func (t *Testbed) buildTraefik(ctx context.Context, say func(string)) (string, error) {
	module := filepath.Join(t.Root, "e2e", "tools", "traefik")
	work := filepath.Join(t.cache, "traefik")
	if err := os.MkdirAll(work, 0o755); err != nil {
		return "", err
	}
	version, err := output(ctx, 10*time.Minute, goTool(ctx, module, "list", "-m", "-f", "{{.Version}}", traefikPackage))
	if err != nil {
		return "", err
	}
	say("building Traefik " + version + ": four to ten minutes, once")

	// The build uses a copy of go.mod: the replaced modules lie in the cache
	// folder, whose path is not for the checked-in file.
	modfile := filepath.Join(work, "go.mod")
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(filepath.Join(module, name), filepath.Join(work, name)); err != nil {
			return "", fmt.Errorf("copy Traefik's tool module: %w", err)
		}
	}
	for _, major := range []string{"v4", "v5"} {
		path := "github.com/go-acme/lego/" + major
		lean := filepath.Join(work, "lego-"+major)
		if err := leanLego(ctx, module, path, lean); err != nil {
			return "", err
		}
		edit := goTool(ctx, module, "mod", "edit", "-replace="+path+"="+lean, modfile)
		if _, err := output(ctx, time.Minute, edit); err != nil {
			return "", err
		}
	}
	binary := filepath.Join(work, "traefik")
	build := goTool(ctx, module, "build", "-modfile="+modfile, "-trimpath",
		"-ldflags", "-s -w -X "+traefikPackage+"/pkg/version.Version="+strings.TrimPrefix(version, "v"),
		"-o", binary, traefikPackage+"/cmd/traefik")
	if _, err := output(ctx, 40*time.Minute, build); err != nil {
		return "", err
	}
	// Name and path of the binary are those of the published image, so that
	// health checks written for one work in the other.
	_, err = image{
		name:   TraefikImage,
		binary: binary,
		path:   "/usr/local/bin/traefik",
		config: []string{
			`ENV PATH=/usr/local/bin`,
			`ENTRYPOINT ["/usr/local/bin/traefik"]`,
			`EXPOSE 80`,
		},
	}.ensure(ctx, t)
	return "built Traefik " + version, err
}

// leanLego copies the ACME module at path out of the module cache to folder,
// with a list of DNS providers that is empty.
func leanLego(ctx context.Context, module, path, folder string) error {
	text, err := output(ctx, 10*time.Minute, goTool(ctx, module, "mod", "download", "-json", path))
	if err != nil {
		return err
	}
	var downloaded struct{ Dir string }
	if err := json.Unmarshal([]byte(text), &downloaded); err != nil {
		return fmt.Errorf("read what go mod download says of %s: %w", path, err)
	}
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("renew the copy of %s: %w", path, err)
	}
	err = filepath.WalkDir(downloaded.Dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		inside, err := filepath.Rel(downloaded.Dir, name)
		if err != nil {
			return err
		}
		return copyFile(name, filepath.Join(folder, inside))
	})
	if err != nil {
		return fmt.Errorf("copy %s: %w", path, err)
	}
	list, err := format.Source(fmt.Appendf(nil, noProviders, path+"/challenge"))
	if err != nil {
		return fmt.Errorf("format the list of DNS providers: %w", err)
	}
	return os.WriteFile(filepath.Join(folder, "providers", "dns", "zz_gen_dns_providers.go"), list, 0o644)
}

// noProviders is the package's one function, with the import path to fill in.
const noProviders = `// Package dns knows no providers: this is a build for tests.
package dns

import (
	"fmt"

	%q
)

// NewDNSChallengeProviderByName always fails.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, fmt.Errorf("DNS provider %%q: this build for tests has none", name)
}
`

func copyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	// Files of the module cache are read-only; the copies are to be removable.
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
