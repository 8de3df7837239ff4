package main

import (
	"path/filepath"
	"slices"
	"strings"
)

// call is how the binary was started.
type call struct {
	plugin   bool     // by the Docker CLI
	name     string   // what the person typed: "bg" or "docker bg"
	docker   []string // the Docker CLI's global options, to hand on to it
	args     []string // bg's own
	metadata bool     // Docker asks what plugin this is
	complete bool     // a shell asks what may come next; args are the words so far
}

// dockerValues are the global options of the Docker CLI that take a value.
var dockerValues = []string{
	"--config", "-c", "--context", "-H", "--host", "-l", "--log-level",
	"--tlscacert", "--tlscert", "--tlskey",
}

// parseCall tells the three ways of starting the binary apart. As a plugin
// it gets all of Docker's arguments: docker-bg --context far bg status.
func parseCall(argv []string) call {
	c := call{name: "bg"}
	if len(argv) == 0 {
		return c
	}
	c.args = argv[1:]
	if len(c.args) > 0 && c.args[0] == "docker-cli-plugin-metadata" {
		c.metadata = true
		return c
	}
	if strings.TrimSuffix(filepath.Base(argv[0]), ".exe") == "docker-bg" {
		if docker, args, ok := cutPlugin(c.args); ok {
			c.plugin, c.name, c.docker, c.args = true, "docker bg", docker, args
		}
	}
	if len(c.args) > 0 && slices.Contains([]string{"__complete", "__completeNoDesc"}, c.args[0]) {
		c.complete, c.args = true, c.args[1:]
	}
	return c
}

// cutPlugin splits a plugin's arguments around the plugin's name. ok is false
// if it is not there: then a person called docker-bg by its own name.
func cutPlugin(args []string) (docker, own []string, ok bool) {
	if len(args) > 1 && strings.HasPrefix(args[0], "__complete") && args[1] == "bg" {
		return nil, slices.Concat(args[:1], args[2:]), true
	}
	for i := 0; i < len(args); i++ {
		switch arg := args[i]; {
		case arg == "help" && i+1 < len(args) && args[i+1] == "bg": // docker help bg status
			return args[:i], slices.Concat([]string{"help"}, args[i+2:]), true
		case arg == "bg":
			return args[:i], args[i+1:], true
		case slices.Contains(dockerValues, arg):
			i++
		case !strings.HasPrefix(arg, "-"):
			return nil, nil, false
		}
	}
	return nil, nil, false
}

// words fills in what the person typed for $bg in a text.
func (p *program) words(text string) string {
	return strings.ReplaceAll(text, "$bg", p.call.name)
}
