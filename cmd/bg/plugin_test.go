package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pluginFolder is a DOCKER_CONFIG that holds the real binary as the plugin.
func pluginFolder(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("docker"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("the docker command is not installed")
		}
		t.Skip("the docker command is not installed")
	}
	own, err := exec.LookPath("docker-bg")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "cli-plugins"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(own, filepath.Join(dir, "cli-plugins", "docker-bg")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTheRealDockerTakesItAsAPlugin(t *testing.T) {
	config, dir := pluginFolder(t), t.TempDir()
	write(t, dir+"/status.json", twoColors)
	host := serveFolder(t, dir)
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"bg status", 0, "shop"},
		{"--context default bg promote shop --force", 0, "live"},
		{"-l error bg canary 10", 0, "live"},
		{"bg promot", 2, `did you mean "promote"`},
		{"bg canary --help", 0, "docker bg canary [APP] PERCENT"},
		{"help bg", 0, "docker bg [global options] COMMAND"},
		{"bg --help", 0, "docker bg [global options] COMMAND"},
		{"__complete bg pro", 0, "promote\tgive users"},
		{"__complete bg promote ''", 0, "shop\tcanary"},
		{"--help", 0, "bg*"},
	} {
		args := strings.Fields(c.args)
		if last(args) == "''" {
			args[len(args)-1] = ""
		}
		cmd := exec.Command("docker", args...)
		cmd.Env = append(os.Environ(), "DOCKER_CONFIG="+config, "BG_HOST="+host)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(string(out), c.want) {
			t.Errorf("docker %s: exit code %d, want %d with %q:\n%s", c.args, code, c.code, c.want, out)
		}
	}
}

func TestAPluginStopsWhenDockerHangsUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	ctx, leave := followDocker(context.Background(), path)
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Error("stopped while Docker is there")
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	<-ctx.Done()
	leave()
	ctx, leave = followDocker(context.Background(), path+"none")
	leave()
	if ctx.Err() != nil {
		t.Error("without a socket there is nothing to follow")
	}
}
