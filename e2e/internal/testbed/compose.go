package testbed

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	composePackage = "github.com/docker/compose/v5"
	composeVersion = "v5.6.0"
)

// composePlugin sees to it that `docker compose` works with our DOCKER_CONFIG:
// with the version that is installed, or else with one built from its module.
func (t *Testbed) composePlugin(ctx context.Context, say func(string)) (string, error) {
	if version, err := t.composeVersion(ctx); err == nil {
		return version, nil
	}
	say("docker compose is missing: building " + composeVersion + " (a minute or two)")
	plugin := filepath.Join(t.DockerConfig, "cli-plugins", "docker-compose")
	// A link here would lead into the user's own plugins.
	if err := os.Remove(plugin); err != nil && !os.IsNotExist(err) {
		return "", fmt.Errorf("replace the unusable Compose plugin: %w", err)
	}
	build := goTool(ctx, filepath.Join(t.Root, "e2e", "tools", "compose"),
		"build", "-trimpath",
		"-ldflags", "-s -w -X "+composePackage+"/internal.Version="+composeVersion,
		"-o", plugin, composePackage+"/cmd")
	if _, err := output(ctx, 15*time.Minute, build); err != nil {
		return "", err
	}
	version, err := t.composeVersion(ctx)
	if err != nil {
		return "", fmt.Errorf("the plugin just built does not work: %w", err)
	}
	return version + ", built", nil
}

// composeVersion fails when there is no Compose, or only the first one, which
// was no plugin and does not know the Compose specification.
func (t *Testbed) composeVersion(ctx context.Context) (string, error) {
	version, err := output(ctx, 20*time.Second, t.Compose(ctx, "version", "--short"))
	if err != nil {
		return "", err
	}
	major, _, ok := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	if !ok || major == "0" || major == "1" {
		return "", fmt.Errorf("docker compose is of version %q; it has to be 2 or later", version)
	}
	return "docker compose " + version, nil
}
