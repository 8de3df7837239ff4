package labels

import (
	"regexp"
	"strings"
)

var (
	appName     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	serviceName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$`)
	objectName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)
	networkName = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$`)
	foreignName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,254}@[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)
)

// Qualify returns the name under which an app's router, middleware or
// service stands at the proxy: the app with each "-" doubled, "-", the name.
//
// No two pairs give the same result. Reading from the left, a pair of dashes
// belongs to the app, and the first dash without a partner ends it, for a
// name never starts with a dash.
func Qualify(app, name string) string {
	return strings.ReplaceAll(app, "-", "--") + "-" + name
}

// Unqualify returns the app and the name of which Qualify makes s; ok is false
// if there are none such.
func Unqualify(s string) (app, name string, ok bool) {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '-':
		case i+1 < len(s) && s[i+1] == '-':
			i++
		default:
			app, name = strings.ReplaceAll(s[:i], "--", "-"), s[i+1:]
			if !appName.MatchString(app) || name == "" {
				return "", "", false
			}
			return app, name, true
		}
	}
	return "", "", false
}

// Leaf returns the name of the load balancer of one color of a service.
//
// It can't be the name of another leaf, as Qualify is injective and neither
// color is a suffix of the other. It can't be the Qualify of any service of
// a Spec either, since those have lost their color suffixes.
func Leaf(app, service string, c Color) string {
	return Qualify(app, service) + "-" + string(c)
}

// cutColor splits a color suffix (-blue, _blue, -green or _green) off.
// It returns s and no color where there is none.
func cutColor(s string) (string, Color) {
	for _, c := range Colors {
		for _, sep := range []string{"-", "_"} {
			if rest, found := strings.CutSuffix(s, sep+string(c)); found {
				return rest, c
			}
		}
	}
	return s, ""
}

// colorless returns s without any color suffix, however many it has.
func colorless(s string) string {
	for {
		rest, c := cutColor(s)
		if c == "" {
			return s
		}
		s = rest
	}
}
