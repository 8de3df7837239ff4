package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"
)

func (p *program) installCommand() *cli.Command {
	return &cli.Command{
		Name:      "install",
		Usage:     "set up docker bg and the shell function",
		UsageText: p.words("$bg install [--shell SHELL] [--link] [--dry-run] [--uninstall]"),
		Description: p.words(`Copies this program to Docker's plugins, so that "docker bg" works, and
adds a block to the start file of your shell, so that "bg promote" works as
typed. Says what it does. On a terminal it asks before it touches the start
file; elsewhere it does so only with --shell. Run it again at any time.

Examples:
   $bg install
   $bg install --shell bash --shell zsh
   $bg install --shell none
   $bg install --uninstall`),
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "shell", Usage: "also set up `SHELL`: bash, zsh, fish, dash or none; repeatable"},
			&cli.BoolFlag{Name: "link", Usage: "link to this file instead of copying it"},
			&cli.BoolFlag{Name: "force", Usage: "replace a docker-bg that is not bg's"},
			&cli.BoolFlag{Name: "dry-run", Usage: "only say what would be done"},
			&cli.BoolFlag{Name: "uninstall", Usage: "take both away again"},
		},
		Action: p.install,
	}
}

func (p *program) install(c *cli.Context) error {
	if err := noArgs(c); err != nil {
		return err
	}
	plugin, err := pluginPath()
	if err != nil {
		return err
	}
	s := setup{out: p.out, dry: c.Bool("dry-run"), force: c.Bool("force")}
	if c.Bool("uninstall") {
		return p.uninstall(c, s, plugin)
	}
	chosen, err := p.chooseShells(c)
	if err != nil {
		return err
	}
	own, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the path of this program: %w", err)
	}
	if err := s.plugin(own, plugin, c.Bool("link")); err != nil {
		return err
	}
	for _, shell := range chosen {
		file, err := startFile(shell)
		if err != nil {
			return err
		}
		if err := s.addBlock(file, startBlock(shell, plugin)); err != nil {
			return err
		}
	}
	switch {
	case s.dry:
	case len(chosen) > 0:
		fmt.Fprintln(p.out, "In a new shell, try: bg status")
	default:
		p.hint(c, plugin)
	}
	return nil
}

// hint says how to get the function without letting install write it.
func (p *program) hint(c *cli.Context, plugin string) {
	fmt.Fprintln(p.out, "Try: docker bg status")
	shell := userShell()
	if shell == "" || len(c.StringSlice("shell")) > 0 {
		return
	}
	file, err := startFile(shell)
	if err != nil {
		return
	}
	fmt.Fprintf(p.out, "For \"bg status\" as typed, run it with --shell %s, or add to %s:\n%s", shell, file, startBlock(shell, plugin))
}

func (p *program) uninstall(c *cli.Context, s setup, plugin string) error {
	named := c.StringSlice("shell")
	if len(named) == 0 {
		named = shells
	}
	for _, name := range named {
		if name == "none" {
			continue
		}
		shell, err := knownShell(name)
		if err != nil {
			return err
		}
		file, err := startFile(shell)
		if err != nil {
			continue // there can be no block
		}
		if err := s.removeBlock(file); err != nil {
			return err
		}
	}
	return s.removePlugin(plugin)
}

// chooseShells returns the shells whose start file may be written.
func (p *program) chooseShells(c *cli.Context) ([]string, error) {
	if named := c.StringSlice("shell"); len(named) > 0 {
		var chosen []string
		for _, name := range named {
			if name == "none" {
				return nil, nil
			}
			shell, err := knownShell(name)
			if err != nil {
				return nil, err
			}
			chosen = append(chosen, shell)
		}
		return chosen, nil
	}
	shell := userShell()
	in, ok := p.in.(*os.File)
	if shell == "" || c.Bool("dry-run") || !ok || !term.IsTerminal(int(in.Fd())) {
		return nil, nil
	}
	file, err := startFile(shell)
	if err != nil {
		return nil, nil
	}
	fmt.Fprintf(p.out, "Let \"bg promote\" work as typed in %s? This adds a marked block to %s. [Y/n] ", shell, file)
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil {
		fmt.Fprintln(p.out)
		return nil, nil
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "", "y", "yes":
		return []string{shell}, nil
	}
	return nil, nil
}

// pluginPath is where the Docker CLI looks for the plugin.
func pluginPath() (string, error) {
	dir := os.Getenv("DOCKER_CONFIG")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", errors.New("neither HOME nor DOCKER_CONFIG is set: set one")
		}
		dir = filepath.Join(home, ".docker")
	}
	path, err := filepath.Abs(filepath.Join(dir, "cli-plugins", "docker-bg"))
	if err != nil {
		return "", fmt.Errorf("find Docker's plugins: %w", err)
	}
	return path, nil
}
