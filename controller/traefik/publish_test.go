package traefik

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"bg/controller/internal/durable"
)

func newPublisher(t *testing.T) *Publisher {
	t.Helper()
	p, err := NewPublisher(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatIsPublishedIsReadableByAllAndAloneInTheFolder(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0o077))
	p := newPublisher(t)
	if data, err := p.Current(); data != nil || err != nil {
		t.Fatalf("at first: %q, %v", data, err)
	}
	for _, text := range []string{"one", "two"} {
		if err := p.Publish([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if data, err := p.Current(); string(data) != text || err != nil {
			t.Fatalf("got %q, %v", data, err)
		}
	}
	file, err := os.Stat(p.Path())
	if err != nil {
		t.Fatal(err)
	}
	stage, err := os.Stat(p.stage())
	if err != nil {
		t.Fatal(err)
	}
	// Traefik gives up on the whole folder at a subfolder that it can't list.
	if file.Mode().Perm() != 0o644 || stage.Mode().Perm() != 0o755 {
		t.Errorf("file %v, stage %v", file.Mode(), stage.Mode())
	}
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 {
		t.Errorf("the folder holds %v", entries)
	}
}

func TestTemporaryFilesHaveNoEndingThatTraefikReads(t *testing.T) {
	p := newPublisher(t)
	var seen []string
	p.writer = durable.Writer{Fault: func(point string) error {
		if point == durable.Rename {
			entries, err := os.ReadDir(p.stage())
			for _, e := range entries {
				seen = append(seen, e.Name())
			}
			return err
		}
		return nil
	}}
	if err := p.Publish([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 1 || readByTraefik(seen[0]) {
		t.Errorf("saw %v", seen)
	}
}

func TestAFailedPublishLeavesTheOldFile(t *testing.T) {
	p := newPublisher(t)
	if err := p.Publish([]byte("old")); err != nil {
		t.Fatal(err)
	}
	p.writer.Fault = func(point string) error {
		if point == durable.Sync {
			return syscall.ENOSPC
		}
		return nil
	}
	if err := p.Publish([]byte("new")); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v", err)
	}
	if data, err := p.Current(); string(data) != "old" || err != nil {
		t.Errorf("got %q, %v", data, err)
	}
}

func TestAStageThatWasRemovedIsMadeAgain(t *testing.T) {
	p := newPublisher(t)
	if err := os.Remove(p.stage()); err != nil {
		t.Fatal(err)
	}
	if err := p.Publish([]byte("x")); err != nil {
		t.Fatal(err)
	}
}

func TestLeftoversOfACrashAreRemovedAtTheStart(t *testing.T) {
	dir := t.TempDir()
	stale := filepath.Join(dir, stageName, "bg.yml.X.bg-tmp")
	if err := errors.Join(os.Mkdir(filepath.Dir(stale), 0o700), os.WriteFile(stale, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	p, err := NewPublisher(dir)
	if err != nil {
		t.Fatal(err)
	}
	hold(t, p)
	if _, err := os.Stat(stale); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("still there: %v", err)
	}
}

// Attack 7 of the bar: symlink in the output folder: not followed.
func TestAFolderThatIsMissingOrALinkForAStageIsRefused(t *testing.T) {
	dir := t.TempDir()
	if _, err := NewPublisher(filepath.Join(dir, "missing")); err == nil || !strings.Contains(err.Error(), "mount it") {
		t.Errorf("missing: %v", err)
	}
	if err := os.Symlink(t.TempDir(), filepath.Join(dir, stageName)); err != nil {
		t.Fatal(err)
	}
	p, err := NewPublisher(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Hold(); err == nil || !strings.Contains(err.Error(), "symlink") {
		t.Errorf("link: %v", err)
	}
}

func TestCurrentReadsRegularFilesOnly(t *testing.T) {
	p := newPublisher(t)
	if err := syscall.Mkfifo(p.Path(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Current(); err == nil {
		t.Error("no error")
	}
}

func TestNeighborsNamesBrokenFilesAndFindsADefaultCertificate(t *testing.T) {
	good := "http: {routers: {a: {rule: \"Host(`a`)\"}}}"
	for _, tt := range []struct {
		name   string
		files  map[string]string
		cert   bool
		broken []string
	}{
		{"none", nil, false, nil},
		{"sound ones", map[string]string{"a.yml": good, "sub/b.YAML": good, "c.toml": "[http]", "note.txt": "{"}, false, nil},
		{"own file", map[string]string{"bg.yml": "tls: {stores: {default: {defaultCertificate: {}}}}"}, false, nil},
		{"certificate", map[string]string{"sub/a.yml": "tls:\n  Stores:\n    Default:\n      DEFAULTCERTIFICATE: {}"}, true, nil},
		{"generated", map[string]string{"a.toml": "[tls.stores.default.defaultGeneratedCert]"}, true, nil},
		{"broken", map[string]string{"a.yml": "a: [", "sub/b.yaml": "a: 1\na: 2", "c.yml": "- x"}, false, []string{"a.yml", "c.yml", "sub/b.yaml"}},
		{"template", map[string]string{"a.yml": "{{ range $i := until 3 }}x{{ end }}"}, false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPublisher(t)
			for name, text := range tt.files {
				path := filepath.Join(p.dir, name)
				if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 { // the second time from memory
				n, err := p.Neighbors()
				if err != nil {
					t.Fatal(err)
				}
				var broken []string
				for _, b := range n.Broken {
					name, _, _ := strings.Cut(b, ":")
					broken = append(broken, name)
				}
				if n.DefaultCertificate != tt.cert || !slices.Equal(broken, tt.broken) {
					t.Errorf("got %+v", n)
				}
			}
		})
	}
}

func TestNeighborsAreThoseOfTheFolderThatALinkLeadsTo(t *testing.T) {
	dir, link := t.TempDir(), filepath.Join(t.TempDir(), "link")
	if err := errors.Join(os.Symlink(dir, link), os.WriteFile(filepath.Join(dir, "a.yml"), []byte("a: ["), 0o644)); err != nil {
		t.Fatal(err)
	}
	p, err := NewPublisher(link)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := p.Neighbors(); err != nil || len(n.Broken) != 1 || !strings.HasPrefix(n.Broken[0], "a.yml: ") {
		t.Errorf("got %+v, %v", n, err)
	}
}

func TestNeighborsSeesThatAFileWasMended(t *testing.T) {
	p := newPublisher(t)
	path := filepath.Join(p.dir, "a.yml")
	for _, tt := range []struct {
		text   string
		broken int
	}{{"a: [", 1}, {"a: [1]", 0}} {
		if err := os.WriteFile(path, []byte(tt.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if n, err := p.Neighbors(); err != nil || len(n.Broken) != tt.broken {
			t.Errorf("%q: %+v, %v", tt.text, n, err)
		}
	}
}
