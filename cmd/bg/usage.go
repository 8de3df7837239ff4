package main

import (
	"strings"

	"github.com/urfave/cli/v2"
)

func (p *program) helpCommand() *cli.Command {
	return &cli.Command{
		Name:      "help",
		Aliases:   []string{"h"},
		Usage:     "show the help of bg or of one command",
		UsageText: p.words("$bg help [COMMAND]"),
		Action: func(c *cli.Context) error {
			word, err := oneArg(c)
			switch {
			case err != nil:
				return err
			case word == "":
				return cli.ShowAppHelp(c)
			case c.App.Command(word) == nil:
				return p.unknown(c.App, word)
			}
			return cli.ShowCommandHelp(c.Lineage()[1], word)
		},
	}
}

// unknownCommand answers a call without a command with the help, and one
// with a word that is no command with the nearest one.
func (p *program) unknownCommand(c *cli.Context) error {
	word := c.Args().First()
	if word == "" {
		return cli.ShowAppHelp(c)
	}
	return p.unknown(c.App, word)
}

func (p *program) unknown(app *cli.App, word string) error {
	return usagef("there is no command %q%s\nSee '%s --help'.", word, nearest(app.VisibleCommands(), word), p.call.name)
}

// nearest returns "; did you mean …?" for a word near to a command's name.
func nearest(commands []*cli.Command, word string) string {
	s := cli.SuggestCommand(commands, word) // Did you mean "promote"?
	if s == "" || !near(word, s) {
		return ""
	}
	return "; d" + strings.TrimPrefix(s, "D")
}

// near reports whether the quoted word of a suggestion shares its beginning
// or its end with word. cli suggests something for everything.
func near(word, suggestion string) bool {
	_, name, _ := strings.Cut(suggestion, `"`)
	name, _, _ = strings.Cut(name, `"`)
	if name == "" || word == "" {
		return false
	}
	return name[0] == word[0] || strings.HasSuffix(name, word[max(0, len(word)-3):])
}

// flagError says which option is wrong, and the one that may be meant.
func (p *program) flagError(c *cli.Context, err error, _ bool) error {
	text := err.Error()
	name := p.call.name
	flags := c.App.VisibleFlags()
	if c.Command != nil && c.Command.Name != c.App.Name {
		name += " " + c.Command.Name
		flags = c.Command.VisibleFlags()
	}
	if flag, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		flag = strings.TrimPrefix(flag, "-")
		text = "there is no option " + dashed(flag)
		if s := cli.SuggestFlag(flags, flag, false); s != "" && s[len(s)-1] == flag[len(flag)-1] || strings.HasPrefix(strings.TrimLeft(s, "-"), flag[:1]) {
			text += "; did you mean " + s + "?"
		}
	}
	return usagef("%s\nSee '%s --help'.", text, name)
}

func dashed(flag string) string {
	if len(flag) == 1 {
		return "-" + flag
	}
	return "--" + flag
}
