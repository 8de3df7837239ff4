package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// echoing is a docker command that prints each argument that it gets on a
// line of its own, and then ends.
func echoing(t *testing.T) docker {
	t.Helper()
	path := filepath.Join(t.TempDir(), "docker")
	if err := os.WriteFile(path, []byte("#!/bin/sh\nprintf '[%s]\\n' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return docker{path: path}
}

// Attack 24 of the bar: shell characters in inputs: argv only.
func TestShellCharactersReachDockerAsTheyAre(t *testing.T) {
	t.Chdir(t.TempDir())
	d := echoing(t)
	const hostile = "x; touch pwned #`touch pwned`$(touch pwned) > pwned & | 'q\" * $HOME"
	d.options = []string{"--context", hostile}
	said, err := d.logs(t.Context(), hostile, 5)
	if want := "[--context]\n[" + hostile + "]\n[logs]\n[--tail]\n[5]\n[--]\n[" + hostile + "]"; err != nil || said != want {
		t.Errorf("logs: %v\n%s\nwant\n%s", err, said, want)
	}
	said, err = d.output(t.Context(), "image", "inspect", "--", hostile)
	if err != nil || !strings.HasSuffix(said, "\n[--]\n["+hostile+"]") {
		t.Errorf("image inspect: %v\n%s", err, said)
	}
	c, err := d.dial(t.Context(), hostile)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(c)
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if !slices.Contains(strings.Split(string(text), "\n"), "["+hostile+"]") {
		t.Errorf("exec: %s", text)
	}
	if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
		t.Errorf("a shell was at work: %v, %v", left, err)
	}
}

// Attack 24 of the bar: shell characters in inputs: argv only.
func TestNoPartOfBgStartsAShell(t *testing.T) {
	shell := regexp.MustCompile(`exec\.Command(Context)?\([^)]*"(/bin/)?(ba|da|z|fi)?sh"`)
	if !shell.MatchString(`exec.CommandContext(ctx, "sh", "-c", x)`) {
		t.Fatal("this test looks at nothing")
	}
	files := 0
	for _, folder := range []string{"cmd", "compose", "controller", "labels"} {
		err := filepath.WalkDir("../../"+folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files++
			text, err := os.ReadFile(path)
			if m := shell.Find(text); m != nil {
				t.Errorf("%s: %s", path, m)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 100 {
		t.Errorf("%d files: this test looks at too little", files)
	}
}
