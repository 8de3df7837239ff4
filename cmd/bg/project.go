package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"bg/compose"
)

// projectFlags say what the project is, in docker compose's own words.
func projectFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "file", Aliases: []string{"f"}, Usage: "Compose `FILE`, repeatable (default: compose.yaml and the like)"},
		&cli.StringSliceFlag{Name: "env-file", Usage: "environment `FILE`, repeatable (default: .env)"},
		&cli.StringSliceFlag{Name: "profile", Usage: "with the services of `PROFILE`, repeatable"},
		&cli.StringFlag{Name: "project-name", Aliases: []string{"p"}, Usage: "the project's `NAME`"},
		&cli.StringFlag{Name: "project-directory", Usage: "paths in the file begin at `FOLDER`"},
	}
}

// networkFlag names the network that the controller is told with --network.
func networkFlag() cli.Flag {
	return &cli.StringFlag{
		Name: "network", EnvVars: []string{"BG_NETWORK"}, Value: "bg",
		Usage: "Docker `NETWORK` on which Traefik reaches the containers",
	}
}

// loadProject reads the project that the flags describe.
func loadProject(c *cli.Context) (*compose.Project, error) {
	return compose.Load(c.Context, compose.Options{
		Files:    c.StringSlice("file"),
		EnvFiles: c.StringSlice("env-file"),
		Profiles: c.StringSlice("profile"),
		Name:     c.String("project-name"),
		Dir:      c.String("project-directory"),
	})
}

// composeFileHere reports whether docker compose would find a file without
// being told where.
func composeFileHere() bool {
	if os.Getenv("COMPOSE_FILE") != "" {
		return true
	}
	dir, err := os.Getwd()
	for err == nil {
		for _, name := range []string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"} {
			if info, err := os.Stat(filepath.Join(dir, name)); err == nil && !info.IsDir() {
				return true
			}
		}
		above := filepath.Dir(dir)
		if above == dir {
			return false
		}
		dir = above
	}
	return false
}

// appHere returns the app of the Compose file that docker compose would find,
// "" if there is none or it can't be read.
func appHere(ctx context.Context) string {
	if !composeFileHere() {
		return ""
	}
	project, err := compose.Load(ctx, compose.Options{})
	if err != nil {
		return ""
	}
	return project.App
}

// refused returns the errors among a project's notes as one error.
func refused(project *compose.Project) error {
	var lines []string
	for _, n := range project.Notes {
		if n.Severity == compose.Error {
			lines = append(lines, noteText(n))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return fmt.Errorf("%s can't be released as it is:\n%s", project.App, strings.Join(lines, "\n"))
}

// noteText is a note on one line: service web: ports: dropped, since …
func noteText(n compose.Note) string {
	text := oneLine(n.Text)
	if n.Subject != "" {
		text = oneLine(n.Subject) + ": " + text
	}
	if n.Service != "" {
		text = "service " + oneLine(n.Service) + ": " + text
	}
	return text
}
