package main

import (
	"regexp"
	"strings"
	"unicode"
)

// printable returns s without what could steer a terminal: names and
// reasons come from containers. Line ends stay.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			return r
		case r == '\t':
			return ' '
		}
		return -1
	}, s)
}

// oneLine is printable with all of it on one line.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(printable(s), func(r rune) bool { return r == '\n' }), "; ")
}

// orElse returns other in the place of an empty s.
func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// escapeCodes are colors and cursor moves.
var escapeCodes = regexp.MustCompile(`\x1b\[[0-9;?]*[a-zA-Z]`)
