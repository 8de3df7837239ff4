package labels

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits on the labels of one container that begin with bg. or traefik.
// They are wide for people and narrow for an attack; other labels are not
// looked at.
const (
	maxLabels = 1000
	maxKey    = 256      // bytes
	maxValue  = 8 << 10  // bytes
	maxTotal  = 64 << 10 // bytes of all keys and values
	maxDepth  = 16       // segments of a key
)

// keyGrammar is checked before paerser sees a key: paerser v0.2.3 panics on
// a name that ends in "]" without a "[".
var keyGrammar = regexp.MustCompile(`^[A-Za-z0-9_-]+(\[(0|[1-9][0-9]?)\])?(\.[A-Za-z0-9_-]+(\[(0|[1-9][0-9]?)\])?)*$`)

// given is the part of a container's labels that concerns bg: each key and
// value is within the limits, well-formed and inert in a file of Traefik.
type given struct {
	bg      map[string]string
	traefik map[string]string
}

// pick takes the labels that concern bg. Whatever breaks a rule is left out
// and noted.
func pick(labels map[string]string, p *problems) given {
	g := given{bg: map[string]string{}, traefik: map[string]string{}}
	keys, ok := concerned(labels, p)
	if !ok {
		return g
	}
	spellings := map[string]string{} // lower case -> as first seen
	for _, key := range keys {
		value := labels[key]
		if !wellFormed(key, value, p) {
			continue
		}
		if first, taken := spellings[strings.ToLower(key)]; taken {
			p.add(key, value, "differs from the label %s only in case; keep one", first)
			continue
		}
		spellings[strings.ToLower(key)] = key
		if strings.HasPrefix(key, "traefik.") {
			if inert(key, value, p) {
				g.traefik[key] = value
			}
		} else {
			g.bg[key] = value
		}
	}
	return g
}

// concerned returns the keys that concern bg, sorted, and whether they are
// few enough.
func concerned(labels map[string]string, p *problems) (keys []string, ok bool) {
	var total int
	for key, value := range labels {
		if strings.HasPrefix(key, "bg.") || key == "bg" || strings.HasPrefix(key, "traefik.") {
			keys = append(keys, key)
			total += len(key) + len(value)
		}
	}
	switch {
	case len(keys) > maxLabels:
		p.note("%d labels begin with bg. or traefik.; give at most %d", len(keys), maxLabels)
		return nil, false
	case total > maxTotal:
		p.note("the labels that begin with bg. or traefik. have %d bytes; give at most %d", total, maxTotal)
		return nil, false
	}
	slices.Sort(keys)
	return keys, true
}

func wellFormed(key, value string, p *problems) bool {
	switch {
	case len(key) > maxKey:
		p.add(key, value, "the label's name has %d bytes; give it at most %d", len(key), maxKey)
	case !keyGrammar.MatchString(key):
		p.add(key, value, "the label's name must be words of A-Z, a-z, 0-9, _ and -, with dots between them and at most an index such as [0] after a word")
	case strings.Count(key, ".") >= maxDepth:
		p.add(key, value, "the label's name has more than %d words; shorten it", maxDepth)
	case len(value) > maxValue:
		p.add(key, value, "the value has %d bytes; give it at most %d", len(value), maxValue)
	case !readable(value):
		p.add(key, value, "the value holds a control character or broken UTF-8; remove it")
	default:
		return true
	}
	return false
}

// readable reports whether s is text that YAML readers accept. One raw
// control character freezes every file of Traefik's folder.
func readable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\t' && r != '\n' ||
			r == '\uFEFF' || r == '\u2028' || r == '\u2029' || r&0xFFFE == 0xFFFE
	})
}

// inert refuses what Traefik's file provider would take for more than text.
func inert(key, value string, p *problems) bool {
	switch {
	case strings.Contains(value, "{{"):
		p.add(key, value, "{{ would run as a template inside Traefik; remove it")
	case strings.Contains(value, "║"):
		p.add(key, value, "║ is how Traefik marks lists inside; remove it")
	case strings.Contains(value, "\n") && strings.Contains(strings.ToLower(key), ".headers."):
		p.add(key, value, "a header is one line; remove the line break")
	default:
		return true
	}
	return false
}

// sorted returns the keys of a map in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
