package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

// completeLimit is how long a Tab may take to learn the apps' names.
const completeLimit = 2 * time.Second

// noFiles tells shells not to offer file names instead. The protocol is
// that of the Docker CLI's own completion (cobra): a line per word, with
// its description after a tab, then the directive.
const noFiles = ":4"

// suggestion is a word that may come next.
type suggestion struct{ word, about string }

// printCompletions prints what may stand for the last of the words.
func (p *program) printCompletions(ctx context.Context) error {
	words := p.call.args
	if len(words) == 0 {
		words = []string{""}
	}
	current := last(words)
	for _, s := range p.suggest(ctx, words[:len(words)-1], current) {
		if strings.HasPrefix(s.word, current) {
			fmt.Fprintf(p.out, "%s\t%s\n", s.word, s.about)
		}
	}
	fmt.Fprintln(p.out, noFiles)
	return nil
}

func (p *program) suggest(ctx context.Context, before []string, current string) []suggestion {
	app := p.app()
	app.Setup()
	var command *cli.Command
	var args, global []string
	for i := 0; i < len(before); i++ {
		word := before[i]
		switch {
		case strings.HasPrefix(word, "-"):
			flag, isGlobal := findFlag(app, command, word)
			if flag == nil || !takesValue(flag) || strings.Contains(word, "=") {
				continue
			}
			if i == len(before)-1 {
				return p.values(ctx, word, args, global)
			}
			i++
			if isGlobal {
				global = append(global, word, before[i])
			}
		case command == nil:
			if command = app.Command(word); command == nil {
				return nil
			}
		default:
			args = append(args, word)
		}
	}
	switch {
	case strings.HasPrefix(current, "-") && command != nil:
		return append(flagWords(command.VisibleFlags()), flagWords(app.VisibleFlags())...)
	case strings.HasPrefix(current, "-"):
		return flagWords(app.VisibleFlags())
	case command == nil:
		return commandWords(app)
	}
	return p.arguments(ctx, app, command.Name, args, global)
}

// arguments suggests what may follow args.
func (p *program) arguments(ctx context.Context, app *cli.App, command string, args, global []string) []suggestion {
	switch command {
	case "help":
		return commandWords(app)
	case "shell-init", "completion":
		if len(args) == 0 {
			return plain(shells...)
		}
	case "status", "promote", "rollback", "history", "lock", "unlock", "contract", "pause", "resume", "judge":
		if len(args) == 0 {
			return p.appWords(ctx, global)
		}
	case "canary":
		percents := plain("0", "5", "10", "25", "50", "100")
		if len(args) == 0 {
			return append(p.appWords(ctx, global), percents...)
		}
		if len(args) == 1 && strings.Trim(args[0], "0123456789%") != "" {
			return percents
		}
	}
	return nil
}

// appWords asks the controller, which the given global options lead to.
func (p *program) appWords(ctx context.Context, global []string) []suggestion {
	ctx, cancel := context.WithTimeout(ctx, completeLimit)
	defer cancel()
	var found []suggestion
	app := p.app()
	app.Action = func(c *cli.Context) error {
		client, _, err := p.connect(c)
		if err != nil {
			return err
		}
		defer client.Close()
		st, err := client.Status(c.Context, 0, 0)
		for _, a := range st.Apps {
			found = append(found, suggestion{oneLine(a.Name), oneLine(a.Phase)})
		}
		return err
	}
	_ = app.RunContext(ctx, append([]string{"bg"}, global...)) // no answer, no names
	return found
}

// keptWords lists the releases that can be released again, the newest first.
func (p *program) keptWords(ctx context.Context, args, global []string) []suggestion {
	apps := args
	if len(apps) == 0 {
		for _, s := range p.appWords(ctx, global) {
			apps = append(apps, s.word)
		}
	}
	var found []suggestion
	for _, app := range apps {
		if api.ValidApp(app) {
			for _, id := range slices.Backward(openShelf(app).releases()) {
				found = append(found, suggestion{id, "of " + app})
			}
		}
	}
	return found
}

func commandWords(app *cli.App) []suggestion {
	var s []suggestion
	for _, c := range app.VisibleCommands() {
		s = append(s, suggestion{c.Name, c.Usage})
	}
	return s
}

func flagWords(flags []cli.Flag) []suggestion {
	var s []suggestion
	for _, f := range flags {
		about := ""
		if d, ok := f.(cli.DocGenerationFlag); ok {
			about = strings.ReplaceAll(d.GetUsage(), "`", "")
		}
		if i := slices.IndexFunc(f.Names(), func(n string) bool { return len(n) > 1 }); i >= 0 {
			s = append(s, suggestion{dashed(f.Names()[i]), about})
		} else {
			s = append(s, suggestion{dashed(f.Names()[0]), about})
		}
	}
	return s
}

// values suggests what the option may be set to. Files are left to people:
// the protocol's directive is one for all.
func (p *program) values(ctx context.Context, option string, args, global []string) []suggestion {
	switch strings.TrimLeft(option, "-") {
	case "o", "output":
		return plain("json")
	case "wait":
		return plain("live", "soaked")
	case "to":
		return p.keptWords(ctx, args, global)
	case "shell":
		return plain(shells...)
	case "log-level":
		return plain("debug", "info", "warn", "error")
	case "log-format":
		return plain("text", "json")
	}
	return nil
}

func plain(words ...string) []suggestion {
	var s []suggestion
	for _, w := range words {
		s = append(s, suggestion{word: w})
	}
	return s
}
