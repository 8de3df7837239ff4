package main

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

//go:embed shell
var shellFiles embed.FS

// shells are those that the function is made for.
var shells = []string{"bash", "zsh", "fish", "dash"}

func (p *program) shellInitCommand() *cli.Command {
	return &cli.Command{
		Name:      "shell-init",
		Usage:     "print the shell function that makes bg work as typed",
		UsageText: p.words("$bg shell-init [bash|zsh|fish|dash]"),
		Description: p.words(`bg is a builtin of every shell: the one that lets a stopped job run on. The
function leaves that to the shell (bg, bg %1, bg 2) and hands all else to the
program, so that people can type "bg promote". Completion comes with it.
Scripts and CI have no such function and use "docker bg".

Examples:
   eval "$($bg shell-init bash)"       # in ~/.bashrc
   eval "$($bg shell-init zsh)"        # in ~/.zshrc
   $bg shell-init fish | source        # in ~/.config/fish/config.fish`),
		Action: func(c *cli.Context) error {
			shell, err := p.shellArg(c)
			if err != nil {
				return err
			}
			program, err := p.shellProgram()
			if err != nil {
				return err
			}
			text := shellText("init", shell, program)
			if shell != "dash" { // which has no completion
				text += shellText("complete", shell, program)
			}
			_, err = fmt.Fprint(p.out, text)
			return err
		},
	}
}

func (p *program) completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print the completion script of a shell",
		UsageText: p.words("$bg completion [bash|zsh|fish]"),
		Description: p.words(`Completion of "bg ...". It is part of what shell-init prints; the completion
of "docker bg ..." is Docker's own: docker completion bash.

Examples:
   eval "$($bg completion bash)"`),
		Action: func(c *cli.Context) error {
			shell, err := p.shellArg(c)
			if err != nil {
				return err
			}
			if shell == "dash" {
				return usagef("dash has no completion")
			}
			program, err := p.shellProgram()
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(p.out, shellText("complete", shell, program))
			return err
		},
	}
}

// shellArg returns the shell that is asked for, else the user's own.
func (p *program) shellArg(c *cli.Context) (string, error) {
	given, err := oneArg(c)
	if err != nil {
		return "", err
	}
	if given == "" {
		if given = userShell(); given == "" {
			return "", usagef("which shell? Write: %s bash (or zsh, fish, dash)", c.Command.Name)
		}
		return given, nil
	}
	return knownShell(given)
}

// knownShell returns the name that the files have for a shell.
func knownShell(name string) (string, error) {
	switch {
	case name == "sh", name == "ash":
		return "dash", nil
	case slices.Contains(shells, name):
		return name, nil
	}
	return "", usagef("the shell %q is not known: use bash, zsh, fish or dash", name)
}

// userShell returns the user's shell if it is a known one.
func userShell() string {
	shell, err := knownShell(filepath.Base(os.Getenv("SHELL")))
	if err != nil {
		return ""
	}
	return shell
}

// shellProgram is the command, in the syntax of every shell, that the
// function hands its words to. A plugin is called through Docker, which
// finds it wherever it is moved to; the program by its path, since no shell
// would look it up under the name of a builtin.
func (p *program) shellProgram() (string, error) {
	if p.call.plugin {
		return "command docker bg", nil
	}
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find the path of this program: %w", err)
	}
	return quote(path), nil
}

// quote quotes a word for every shell. fish alone knows \ within single
// quotes, so it goes into double ones, where all do.
func quote(word string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range word {
		switch r {
		case '\'':
			b.WriteString(`'"'"'`)
		case '\\':
			b.WriteString(`'"\\"'`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

func shellText(kind, shell, program string) string {
	text, err := shellFiles.ReadFile("shell/" + kind + "." + shell)
	if err != nil {
		panic(err) // the file is part of the binary
	}
	return strings.ReplaceAll(string(text), "{{program}}", program)
}
