package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestTheShelfKeepsTheLastFiveAndThoseThatMayHaveUsers(t *testing.T) {
	s := shelf{dir: filepath.Join(t.TempDir(), "bg", "shop")}
	if got := s.releases(); len(got) != 0 {
		t.Errorf("an empty shelf has %q", got)
	}
	for n := range 12 {
		id := fmt.Sprintf("%d-aaaaaaaa", n+1)
		if err := s.save(id, "project.yaml", []byte("x")); err != nil {
			t.Fatal(err)
		}
		if n+1 == 2 || n+1 == 4 || n+1 == 5 {
			s.markLive(id)
		}
	}
	s.markLive("99-aaaaaaaa") // of another machine
	want := []string{"1-aaaaaaaa", "2-aaaaaaaa", "3-aaaaaaaa", "6-aaaaaaaa", "7-aaaaaaaa"}
	if got := s.expired(); !slices.Equal(got, want) {
		t.Errorf("expired: %q, want %q", got, want)
	}
	if err := s.drop("1-aaaaaaaa"); err != nil {
		t.Error(err)
	}
	if got := s.releases(); len(got) != 11 || got[0] != "2-aaaaaaaa" || last(got) != "12-aaaaaaaa" {
		t.Errorf("releases: %q", got)
	}
	if _, err := s.find("12"); err != nil {
		t.Error(err)
	}
}

func TestFilesOfAReleaseAreForTheirOwnerAlone(t *testing.T) {
	s := shelf{dir: filepath.Join(t.TempDir(), "shop")}
	for range 2 {
		if err := s.save("7-aaaaaaaa", "blue.yaml", []byte("password")); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]os.FileMode{
		s.dir: 0o700, filepath.Join(s.dir, "7-aaaaaaaa"): 0o700, s.rendered("7-aaaaaaaa", "blue"): 0o600,
	} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v, want %v", path, info.Mode().Perm(), err, want)
		}
	}
	left, err := os.ReadDir(filepath.Join(s.dir, "7-aaaaaaaa"))
	if err != nil || len(left) != 1 {
		t.Errorf("left there: %v %v", left, err)
	}
}

func TestTheShelfStandsWhereXDGSays(t *testing.T) {
	t.Setenv("HOME", "/home/ann")
	for state, want := range map[string]string{
		"": "/home/ann/.local/state/bg/shop", "relative": "/home/ann/.local/state/bg/shop", "/var/state": "/var/state/bg/shop",
	} {
		t.Setenv("XDG_STATE_HOME", state)
		if got := openShelf("shop").dir; got != want {
			t.Errorf("XDG_STATE_HOME=%s: %s, want %s", state, got, want)
		}
	}
}

func TestAnImagesRepositoryHasNoTagAndNoDigest(t *testing.T) {
	for image, want := range map[string]string{
		"web": "web", "web:1": "web", "shop/web:1.2": "shop/web", "localhost:5000/web": "localhost:5000/web",
		"localhost:5000/web:1": "localhost:5000/web", "web@sha256:aa": "web", "web:1@sha256:aa": "web",
	} {
		if got := repository(image); got != want {
			t.Errorf("repository(%s) = %s, want %s", image, got, want)
		}
	}
}

func TestOlderVersionsAreTold(t *testing.T) {
	for version, want := range map[string]bool{
		"20.10.24": false, "20.10": false, "20.9.1": true, "19.03.1": true, "28.5.2": false, "20": false, "dev": false, "": false,
	} {
		if older(version, 20, 10) != want {
			t.Errorf("older(%q) = %t", version, !want)
		}
	}
}
