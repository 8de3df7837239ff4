package traefik

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
)

// maxRule is the longest rule that is looked into, in bytes.
const maxRule = 64 << 10

// literalHost is what a request can name as its host. Traefik 3.8 takes
// wildcards too, which no request can.
var literalHost = regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?$`)

// FirstHost returns the host of the first Host(`x`) in a router's rule that is
// not negated, or "" if there is none: a request for that host has a chance to
// be the router's. Traefik reads rules as Go expressions, and so does this.
func FirstHost(rule string) string {
	if len(rule) > maxRule {
		return ""
	}
	e, err := parser.ParseExpr(rule)
	if err != nil {
		return ""
	}
	return firstHost(e, false)
}

func firstHost(e ast.Expr, negated bool) string {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return firstHost(e.X, negated)
	case *ast.UnaryExpr:
		return firstHost(e.X, negated != (e.Op == token.NOT))
	case *ast.BinaryExpr:
		return cmp.Or(firstHost(e.X, negated), firstHost(e.Y, negated))
	case *ast.CallExpr:
		// Traefik takes Host, host and HOST for the same.
		if name, ok := e.Fun.(*ast.Ident); !ok || negated || !strings.EqualFold(name.Name, "Host") {
			return ""
		}
		for _, arg := range e.Args { // several in the syntax of version 2
			if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if host, err := strconv.Unquote(lit.Value); err == nil && literalHost.MatchString(host) {
					return host
				}
			}
		}
	}
	return ""
}
