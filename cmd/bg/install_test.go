package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestInstallAsksBeforeItTouchesTheStartFile(t *testing.T) {
	for answer, written := range map[string]bool{"\n": true, "y\n": true, "n\n": false, "\x04": false} {
		home := t.TempDir()
		cmd := exec.Command("bg", "install")
		cmd.Env = append(os.Environ(), "HOME="+home, "DOCKER_CONFIG=", "SHELL=/bin/bash")
		term := startTerminal(t, 200, 20, cmd)
		term.expect(`marked block to .*/.bashrc\. \[Y/n\] `)
		term.send(answer)
		if code := term.exit(); code != 0 {
			t.Errorf("%q: exit code %d: %q", answer, code, term.seen())
		}
		rc, _ := os.ReadFile(filepath.Join(home, ".bashrc"))
		if got := strings.Contains(string(rc), blockBegin); got != written {
			t.Errorf("%q: the block is there: %t", answer, got)
		}
		if _, err := os.Stat(filepath.Join(home, ".docker/cli-plugins/docker-bg")); err != nil {
			t.Errorf("%q: %v", answer, err)
		}
	}
}

// What install writes works in a shell that reads it, and is silent once
// the plugin is gone.
func TestTheStartFileGivesTheFunction(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	home := t.TempDir()
	env := append(os.Environ(), "HOME="+home, "DOCKER_CONFIG="+home+"/it's docker", "PATH="+os.Getenv("PATH"))
	install := exec.Command("bg", "install", "--shell", "bash")
	install.Env = env
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	run := func() string {
		cmd := exec.Command(bash, "-c", ". ~/.bashrc; type -t bg")
		cmd.Env = env
		out, _ := cmd.CombinedOutput()
		return strings.TrimSpace(string(out))
	}
	if got := run(); got != "function" {
		t.Errorf("bg is %q", got)
	}
	if err := os.RemoveAll(home + "/it's docker"); err != nil {
		t.Fatal(err)
	}
	if got := run(); got != "builtin" {
		t.Errorf("without the plugin bg is %q", got)
	}
}
