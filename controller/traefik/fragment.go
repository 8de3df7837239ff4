package traefik

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// maxKey is the longest key in bytes: YAML readers give up at 1024.
const maxKey = 1000

// fragment is a canonical JSON object (no space outside strings) that comes
// from a user's labels, looked at once.
type fragment struct {
	text  string
	plain bool // may be copied as it is
}

// empty reports whether the object has no member.
func (f fragment) empty() bool { return len(f.text) == 2 }

// scan checks that text is laid out like a canonical JSON object and finds
// out whether any of its strings needs another spelling. visit gets the
// outermost keys as they are written. "" stands for the empty object.
//
// It does not prove that the text is JSON, for that takes as long as all the
// rest of a rendering: CheckRoute does, once per route.
func scan(text string, visit func(key string) error) (fragment, error) {
	if text == "" {
		return fragment{"{}", true}, nil
	}
	if text[0] != '{' || text[len(text)-1] != '}' {
		return fragment{}, errors.New("not a JSON object")
	}
	plain, depth := true, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth < 0 || depth == 0 && i != len(text)-1 {
				return fragment{}, errors.New("not one JSON object")
			}
		case c == '"':
			end, simple, err := scanString(text, i+1)
			if err != nil {
				return fragment{}, err
			}
			plain = plain && simple
			if end+1 < len(text) && text[end+1] == ':' {
				key := text[i+1 : end]
				if len(key) > maxKey || !simple && len(key) > maxKey/6 { // an escape takes 6
					return fragment{}, fmt.Errorf("the key %.40q… has more than %d bytes", key, maxKey)
				}
				if depth == 1 && visit != nil {
					if err := visit(key); err != nil {
						return fragment{}, err
					}
				}
			}
			i = end
		case c <= ' ' || c >= utf8.RuneSelf:
			return fragment{}, fmt.Errorf("%q outside of a string", c)
		}
	}
	if depth != 0 {
		return fragment{}, errors.New("a JSON object without an end")
	}
	return fragment{text, plain}, nil
}

// scanString returns the index of the quote that ends the string whose
// content starts at i, and whether the string may be copied as it is.
func scanString(text string, i int) (end int, plain bool, err error) {
	plain = true
	for i < len(text) {
		c := text[i]
		switch {
		case c == '"':
			return i, plain, nil
		case c == '\\':
			size := escapeSize(text[i:])
			if size == 0 {
				return 0, false, errors.New("a wrong escape in a string")
			}
			// A \u may be half a surrogate pair, which YAML refuses.
			plain = plain && size == 2
			i += size
			continue
		case c < ' ':
			return 0, false, fmt.Errorf("the control character %q in a string", c)
		case c == '{' && text[i-1] == '{', c == 0x7f:
			plain = false
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(text[i:])
			if r == utf8.RuneError && size == 1 {
				return 0, false, errors.New("a string that is no UTF-8")
			}
			if !printable(r) {
				plain = false
			}
			i += size
			continue
		}
		i++
	}
	return 0, false, errors.New("a string without an end")
}

// appendMembers appends the members of the object, without the braces.
func (f fragment) appendMembers(b []byte) []byte {
	inner := f.text[1 : len(f.text)-1]
	if f.plain {
		return append(b, inner...)
	}
	return appendSpelled(b, inner)
}

// append appends the whole object.
func (f fragment) append(b []byte) []byte {
	return append(f.appendMembers(append(b, '{')), '}')
}

// appendSpelled appends scanned JSON so that it means the same to readers of
// JSON and of YAML and holds no template marker: characters that YAML has no
// place for become escapes, surrogate pairs become characters, and of two
// braces in a row in a string the second becomes an escape.
func appendSpelled(b []byte, text string) []byte {
	const hexDigits = "0123456789abcdef"
	escape := func(r rune) {
		b = append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
	}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text) && text[i+1] == 'u':
			r, size := decodeEscape(text[i:])
			if printable(r) && r != '"' && r != '\\' && r != '{' {
				b = utf8.AppendRune(b, r)
			} else {
				escape(r)
			}
			i += size
		case c == '\\' && i+1 < len(text):
			b = append(b, c, text[i+1])
			i += 2
		case c == '{' && i > 0 && len(b) > 0 && b[len(b)-1] == '{':
			escape('{')
			i++
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			if printable(r) {
				b = append(b, text[i:i+size]...)
			} else {
				escape(r)
			}
			i += size
		}
	}
	return b
}

// escapeSize returns the length of the escape that text starts with, 0 if it
// is none of JSON's.
func escapeSize(text string) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, err := strconv.ParseUint(text[2:min(6, len(text))], 16, 16); err == nil && len(text) >= 6 {
			return 6
		}
	}
	return 0
}

// decodeEscape decodes the \u escape, or the pair of them, that text starts
// with. Half a pair is U+FFFD, as it is to encoding/json.
func decodeEscape(text string) (r rune, size int) {
	one := func(s string) rune {
		if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
			return -1
		}
		var d [2]byte
		if _, err := hex.Decode(d[:], []byte(s[2:6])); err != nil {
			return -1
		}
		return rune(d[0])<<8 | rune(d[1])
	}
	high := one(text)
	switch {
	case high < 0:
		return utf8.RuneError, min(6, len(text))
	case high < 0xd800 || high > 0xdfff:
		return high, 6
	}
	low := one(text[6:])
	if high > 0xdbff || low < 0xdc00 || low > 0xdfff {
		return utf8.RuneError, 6
	}
	return (high-0xd800)<<10 | (low - 0xdc00) + 0x10000, 12
}

// printable reports whether YAML readers take the character as it is and
// leave it as it is. Beyond ASCII JSON is wider: it has the C1 controls, the
// line separators that YAML folds, the byte order mark and non-characters.
func printable(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0:
		return false
	case r == 0x2028, r == 0x2029, r == 0xfeff, r == 0xfffe, r == 0xffff:
		return false
	}
	return true
}

// appendName appends a quoted name that validName has passed.
func appendName(b []byte, parts ...string) []byte {
	b = append(b, '"')
	for _, p := range parts {
		b = append(b, p...)
	}
	return append(b, '"')
}

// validName reports whether a name may stand between quotes as it is.
func validName(s string) bool {
	if s == "" || len(s) > 512 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == '-', c == '_', c == '.', c == '@':
		default:
			return false
		}
	}
	return true
}

// appendText appends text as a JSON string; it is for bg's own words and PEM.
func appendText(b []byte, text string) []byte { return strconv.AppendQuoteToASCII(b, text) }
