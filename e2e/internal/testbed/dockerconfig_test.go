package testbed

import (
	"os"
	"path/filepath"
	"testing"
)

// write makes a file that holds its own name.
func write(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(path), 0o644); err != nil {
		t.Fatal(err)
	}
}

// seen returns what path holds, which with write is the file it leads to.
func seen(path string) string {
	b, _ := os.ReadFile(path)
	return string(b)
}

func TestOurDockerConfigurationShowsTheUsers(t *testing.T) {
	theirs, ours := t.TempDir(), t.TempDir()
	t.Setenv("DOCKER_CONFIG", theirs)
	context := filepath.Join("contexts", "meta", "id", "meta.json")
	write(t, filepath.Join(theirs, "config.json"))
	write(t, filepath.Join(theirs, context))
	write(t, filepath.Join(theirs, "cli-plugins", "docker-scan"))
	write(t, filepath.Join(theirs, "cli-plugins", "docker-compose"))
	write(t, filepath.Join(ours, "cli-plugins", "docker-compose"))
	bed := &Testbed{DockerConfig: ours}

	for range 2 { // the second time changes nothing
		if err := bed.linkDockerConfig(); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"config.json", context, "cli-plugins/docker-scan"} {
			if got, want := seen(filepath.Join(ours, name)), filepath.Join(theirs, name); got != want {
				t.Errorf("%s leads to %q, want %q", name, got, want)
			}
		}
		if plugin := filepath.Join(ours, "cli-plugins", "docker-compose"); seen(plugin) != plugin {
			t.Errorf("our own plugin was replaced by %q", seen(plugin))
		}
	}

	if err := os.Remove(filepath.Join(theirs, "config.json")); err != nil {
		t.Fatal(err)
	}
	if err := bed.linkDockerConfig(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(ours, "config.json")); !os.IsNotExist(err) {
		t.Errorf("the link to a removed file stayed: %v", err)
	}
}

func TestAUserWithoutADockerConfigurationIsFine(t *testing.T) {
	t.Setenv("DOCKER_CONFIG", filepath.Join(t.TempDir(), "none"))
	bed := &Testbed{DockerConfig: t.TempDir()}
	if err := os.Mkdir(filepath.Join(bed.DockerConfig, "cli-plugins"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := bed.linkDockerConfig(); err != nil {
		t.Error(err)
	}
}
