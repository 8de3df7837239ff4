package api

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxActor   = 64  // characters of an Actor that are kept
	maxMessage = 200 // of a Message
)

// CleanActor returns the printable characters of s, at most 64, with each
// run of others replaced by one space.
func CleanActor(s string) string { return clean(s, maxActor) }

// CleanMessage is CleanActor for a message: at most 200 characters.
func CleanMessage(s string) string { return clean(s, maxMessage) }

func clean(s string, characters int) string {
	words := strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == unicode.ReplacementChar || !unicode.IsPrint(r)
	})
	kept := []rune(strings.Join(words, " "))
	if len(kept) > characters {
		kept = kept[:characters]
	}
	return strings.TrimSpace(string(kept))
}

// quoted returns what was given in quotes, for an error: at most 62 bytes,
// since one rune takes up to ten escaped (\U000e0001), and a bound on runes
// once let errors grow past what clients show.
func quoted(s string) string {
	q := strconv.Quote(cut(s, 60))
	for len(q) > 62 {
		s = s[:min(len(s), 60)*3/4]
		q = strconv.Quote(s)
	}
	return q
}

// cut returns the first bytes of s, at most that many, without the rest of a
// rune at its end.
func cut(s string, bytes int) string {
	if len(s) <= bytes {
		return s
	}
	for bytes > 0 && !utf8.RuneStart(s[bytes]) {
		bytes--
	}
	return s[:bytes]
}
