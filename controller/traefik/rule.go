package traefik

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// parseRule reads a rule as Traefik does: as a Go expression. It is nil for
// what is no expression by itself, and for what is too long to look into.
func parseRule(rule string) ast.Expr {
	if len(rule) > maxRule {
		return nil
	}
	e, err := parser.ParseExpr(rule)
	if err != nil {
		return nil
	}
	return e
}

// both returns the rule that matches what rule and condition both match. A rule
// that is no expression by itself has none: in brackets it might become one, and
// mean what nobody allowed. One that ends in a comment would take the rest in.
func both(rule, condition string) (string, bool) {
	if parseRule(rule) == nil {
		return "", false
	}
	joined := "(" + rule + ") && " + condition
	e, ok := parseRule(joined).(*ast.BinaryExpr)
	return joined, ok && e.Op == token.LAND
}

// hostCall is one matcher of hosts in a rule that is not negated.
type hostCall struct {
	from, to int // where it stands, in bytes
	pattern  bool
	args     []string
}

// hostCalls returns the matchers of hosts in an expression that parseRule made,
// in their order. Traefik takes Host, host and HOST for the same; HostHeader is
// another name for it in the syntax of version 2, which takes several hosts.
func hostCalls(e ast.Expr, negated bool) []hostCall {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return hostCalls(e.X, negated)
	case *ast.UnaryExpr:
		return hostCalls(e.X, negated != (e.Op == token.NOT))
	case *ast.BinaryExpr:
		return append(hostCalls(e.X, negated), hostCalls(e.Y, negated)...)
	case *ast.CallExpr:
		name, ok := e.Fun.(*ast.Ident)
		if !ok || negated {
			return nil
		}
		pattern := strings.EqualFold(name.Name, "HostRegexp")
		if !pattern && !strings.EqualFold(name.Name, "Host") && !strings.EqualFold(name.Name, "HostHeader") {
			return nil
		}
		c := hostCall{from: int(e.Pos()) - 1, to: int(e.End()) - 1, pattern: pattern}
		for _, arg := range e.Args {
			if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil {
					c.args = append(c.args, text)
				}
			}
		}
		return []hostCall{c}
	}
	return nil
}

// hosts returns the hosts that the rule names as they are, in lower case.
func hosts(rule string) []string {
	var all []string
	for _, c := range hostCalls(parseRule(rule), false) {
		for _, arg := range c.args {
			if !c.pattern {
				all = append(all, strings.ToLower(arg))
			}
		}
	}
	return all
}

// names reports whether the matcher names the host, which is in lower case: as
// it is, or by a pattern that is not for every host there is.
func (c hostCall) names(host string) bool {
	return slices.ContainsFunc(c.args, func(arg string) bool {
		if c.pattern {
			re, err := regexp.Compile(arg)
			// The braces of version 2 hold what is no regular expression, so
			// that in doubt it does.
			return err != nil || strings.Contains(arg, "{") || re.MatchString(host) && !re.MatchString("other.invalid")
		}
		arg = strings.TrimSuffix(strings.ToLower(arg), ".")
		domain, wild := strings.CutPrefix(arg, "*.")
		return arg == host || wild && strings.HasSuffix(host, "."+domain)
	})
}

// rehost returns the rule for requests that come for the host instead of those
// that it names. Each alternative is bound to the host, those too that name none.
func rehost(rule, host string) (string, bool) {
	e := parseRule(rule)
	if e == nil {
		return "", false
	}
	matcher := "Host(`" + host + "`)"
	var b strings.Builder
	at := 0
	for _, c := range hostCalls(e, false) {
		b.WriteString(rule[at:c.from] + matcher)
		at = c.to
	}
	b.WriteString(rule[at:])
	return both(b.String(), matcher)
}
