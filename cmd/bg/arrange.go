package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// arrange puts arguments into the one order that cli reads: global options,
// command, its options, then the rest. People write "canary shop 10
// --force", "status -ojson" and "promote --host …" as docker takes them.
// Unknown options stay with the command, for cli to refuse.
func arrange(app *cli.App, args []string) []string {
	var global, own, rest []string
	var command *cli.Command
	word := "" // the command as written
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			rest = append(rest, args[i+1:]...)
			i = len(args)
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			if word == "" {
				word, command = arg, app.Command(arg)
			} else {
				rest = append(rest, arg)
			}
		default:
			for _, one := range splitShort(app, command, arg) {
				flag, isGlobal := findFlag(app, command, one)
				take := []string{one}
				if flag != nil && takesValue(flag) && !strings.Contains(one, "=") && i+1 < len(args) && one == last(splitShort(app, command, arg)) {
					i++
					take = append(take, args[i])
				}
				if isGlobal || word == "" {
					global = append(global, take...)
				} else {
					own = append(own, take...)
				}
			}
		}
	}
	if word == "" {
		return global
	}
	if slices.ContainsFunc(rest, func(s string) bool { return strings.HasPrefix(s, "-") }) {
		rest = append([]string{"--"}, rest...)
	}
	return slices.Concat(global, []string{word}, own, rest)
}

// splitShort takes -wojson apart: -w -o=json.
func splitShort(app *cli.App, command *cli.Command, arg string) []string {
	letters := strings.TrimPrefix(arg, "-")
	if strings.HasPrefix(letters, "-") || len(letters) < 2 || strings.Contains(letters, "=") {
		return []string{arg}
	}
	if flag, _ := findFlag(app, command, arg); flag != nil {
		return []string{arg}
	}
	var parts []string
	for i, r := range letters {
		flag, _ := findFlag(app, command, "-"+string(r))
		if flag == nil {
			return []string{arg}
		}
		if tail := letters[i+len(string(r)):]; takesValue(flag) && tail != "" {
			return append(parts, "-"+string(r)+"="+tail)
		}
		parts = append(parts, "-"+string(r))
	}
	return parts
}

// findFlag returns the flag that arg names, the command's before the
// global ones, or nil.
func findFlag(app *cli.App, command *cli.Command, arg string) (flag cli.Flag, global bool) {
	name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	has := func(f cli.Flag) bool { return slices.Contains(f.Names(), name) }
	if command != nil {
		if i := slices.IndexFunc(command.Flags, has); i >= 0 {
			return command.Flags[i], false
		}
	}
	if i := slices.IndexFunc(app.Flags, has); i >= 0 {
		return app.Flags[i], true
	}
	return nil, false
}

func takesValue(f cli.Flag) bool {
	d, ok := f.(cli.DocGenerationFlag)
	return ok && d.TakesValue()
}

func last(s []string) string { return s[len(s)-1] }
