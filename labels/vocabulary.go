package labels

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed vocabulary.txt
var vocabularyText string

// option is one option that Traefik is known to take, or a group of them.
type option struct {
	name    string // in Traefik's spelling; Traefik itself ignores case
	kind    string // see vocabulary.txt
	options map[string]*option
}

// vocabulary returns what is known below traefik.http. Nobody may change it.
//
// It is there because one value that Traefik can't decode, be it a
// priority=high or an entrypoint=web that should be entrypoints, makes its
// file provider refuse the file of all apps, where its Docker provider
// drops a single container.
var vocabulary = sync.OnceValue(func() *option {
	root := &option{kind: "object"}
	for line := range strings.Lines(vocabularyText) {
		path, kind, found := strings.Cut(strings.TrimSpace(line), " ")
		if !found || path == "#" {
			continue
		}
		o := root
		for name := range strings.SplitSeq(path, ".") {
			o = o.grow(name)
		}
		o.kind = kind
	}
	return root
})

// grow returns the option under o of that name, made if need be.
func (o *option) grow(name string) *option {
	next := o.options[strings.ToLower(name)]
	if next == nil {
		next = &option{name: name, kind: "object"}
		if o.options == nil {
			o.options = map[string]*option{}
		}
		o.options[strings.ToLower(name)] = next
	}
	return next
}

// named returns the options of the objects that users name: routers,
// middlewares or services.
func named(section string) *option {
	return vocabulary().options[section].options["name"]
}

// under returns the known option of that name, or nil.
func (o *option) under(name string) *option {
	return o.options[strings.ToLower(name)]
}

// similar returns a known option that name is one or two letters off, or "".
func (o *option) similar(name string) string {
	var known []string
	for _, key := range sorted(o.options) {
		known = append(known, o.options[key].name)
	}
	return nearest(name, known, min(2, len(name)/3))
}

// fault says what a plain value for the option must be, or "" if it's right.
func (o *option) fault(value string) string {
	switch o.kind {
	case "bool":
		if _, err := strconv.ParseBool(value); err != nil {
			return "give true or false"
		}
	case "int":
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return "give a whole number"
		}
	case "duration":
		_, bare := strconv.ParseInt(value, 10, 64)
		if _, err := time.ParseDuration(value); err != nil && bare != nil {
			return "give a duration, such as 30s or 5m"
		}
	case "object", "objects", "map", "numbers", "raw":
		return "Traefik takes no value for this group of options; give the options in it"
	case "-":
		return "Traefik doesn't take this from labels; remove it"
	}
	return ""
}

// plain reports whether the option is a single value.
func (o *option) plain() bool {
	switch o.kind {
	case "string", "bool", "int", "duration", "list":
		return true
	}
	return false
}
