package labels

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
)

// maxHost is the longest name of a host, in bytes.
const maxHost = 253

// hosts returns, as sorted names of claims, the hosts for which the rule of a
// router may match a request, and besides those that it names.
//
// Rules are read as Traefik reads them, as Go expressions with the matchers of
// version 2 or 3. The result may hold more than the rule matches, never less:
// what is no rule, and every matcher that is not of hosts, may match for every
// host. Hosts count too where they are negated, or where nothing can match:
// Traefik takes the TLS options of a host from all routers that name it, and
// the default ones where these differ.
func hosts(rule string) []string {
	e, err := parser.ParseExpr(rule)
	if err != nil {
		return []string{Every}
	}
	named := matched(e, false)
	ast.Inspect(e, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && !isMatcher(call, "HostRegexp") {
			names, _ := arguments(call)
			named = append(named, names...)
		}
		return true
	})
	return ordered(named)
}

// matched returns the hosts for which the expression, or its negation, may hold.
func matched(e ast.Expr, negated bool) []string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return matched(e.X, negated)
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return matched(e.X, !negated)
		}
	case *ast.BinaryExpr:
		x, y := matched(e.X, negated), matched(e.Y, negated)
		switch {
		case e.Op == token.LOR && !negated, e.Op == token.LAND && negated:
			return ordered(append(x, y...))
		case e.Op == token.LOR, e.Op == token.LAND:
			return intersection(x, y)
		}
	case *ast.CallExpr:
		if names, ok := arguments(e); ok && !negated {
			return names
		}
	}
	return []string{Every}
}

// arguments returns the hosts that a matcher of hosts matches. ok is false for
// any other matcher. Version 2 takes several.
func arguments(call *ast.CallExpr) (names []string, ok bool) {
	pattern := isMatcher(call, "HostRegexp")
	if !pattern && !isMatcher(call, "Host") && !isMatcher(call, "HostHeader") {
		return nil, false
	}
	for _, arg := range call.Args {
		text, name := "", Every
		lit, plain := arg.(*ast.BasicLit)
		if plain && lit.Kind == token.STRING {
			text, _ = strconv.Unquote(lit.Value)
		}
		switch {
		case text == "":
		case pattern:
			name = hostsOfPattern(text)
		default:
			name = hostsOfName(text)
		}
		names = append(names, name)
	}
	return ordered(names), true
}

// isMatcher reports whether Traefik takes the function for that matcher: it
// knows host, HOST and Hostregexp, and this knows some more.
func isMatcher(call *ast.CallExpr, name string) bool {
	function, ok := call.Fun.(*ast.Ident)
	return ok && strings.EqualFold(function.Name, name)
}

// hostsOfName returns the hosts that Host(`name`) matches. Traefik 3.7 takes
// *.x for the hosts right below x; more are no harm here.
func hostsOfName(name string) string {
	name = strings.TrimRight(strings.ToLower(name), ".")
	suffix, wild := strings.CutPrefix(name, "*")
	switch {
	case name == "", len(name) > maxHost, strings.Contains(suffix, "*"), wild && (len(suffix) < 2 || suffix[0] != '.'):
		return Every
	case strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' || r == '@' }):
		return Every // no host, and it would be no name that can be stored, shown or told from others
	}
	return name
}

// hostsOfPattern returns the hosts that HostRegexp(`pattern`) may match: one,
// or those below what it ends with, if that is plain text that ends the host.
// Braces are another language in the syntax of version 2.
func hostsOfPattern(pattern string) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || strings.Contains(pattern, "{") || re.Op != syntax.OpConcat {
		return Every
	}
	n := len(re.Sub)
	if n < 2 || re.Sub[n-1].Op != syntax.OpEndText || re.Sub[n-2].Op != syntax.OpLiteral {
		return Every
	}
	text := string(re.Sub[n-2].Rune)
	if n == 3 && re.Sub[0].Op == syntax.OpBeginText && !strings.Contains(text, "*") {
		return hostsOfName(text)
	}
	_, suffix, _ := strings.Cut(text, ".")
	if strings.Trim(suffix, ".") != suffix {
		return Every
	}
	return hostsOfName("*." + suffix)
}

// ordered sorts names and drops the doubles, in place.
func ordered(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// intersection returns the hosts that are in both sets. Of two names one
// includes the other, or they have nothing in common.
func intersection(x, y []string) []string {
	both := []string{}
	for _, a := range x {
		for _, b := range y {
			switch {
			case covers(a, b):
				both = append(both, b)
			case covers(b, a):
				both = append(both, a)
			}
		}
	}
	return ordered(both)
}
