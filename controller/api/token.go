package api

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// tokenMark begins every token, so that people and scanners for secrets know
// one when they see it.
const tokenMark = "bg_"

// maxTokens bounds a token file: each request is compared with all of them.
const maxTokens = 1000

var (
	tokenName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$`)
	tokenSum  = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// Tokens are the tokens that open the API over TCP, as their SHA-256: whoever
// reads them can't show one. Plain SHA-256 is enough for 256 random bits,
// which nobody can guess through. The zero value lets nobody in. It is
// immutable.
type Tokens struct{ list []hashed }

type hashed struct {
	name string
	sum  [sha256.Size]byte
}

// NewToken makes a token of 256 random bits and the line of a token file that
// lets its holder in under name: letters, digits and ._@-, 63 at most.
func NewToken(name string) (token, line string, err error) {
	if !tokenName.MatchString(name) {
		return "", "", fmt.Errorf("%s can't be a token's name: those are of letters, digits and ._@-, 63 at most", quoted(name))
	}
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return "", "", fmt.Errorf("make a token: %w", err)
	}
	token = tokenMark + base64.RawURLEncoding.EncodeToString(random)
	sum := sha256.Sum256([]byte(token))
	return token, name + " " + hex.EncodeToString(sum[:]), nil
}

// ParseTokens reads a token file: a line NAME SHA256 for each token, in hex;
// empty lines and those that begin with # don't count. Two tokens may share a
// name, so that one can take over from the other. The error names the line
// and repeats nothing of it, as it may hold a token by mistake.
func ParseTokens(text []byte) (Tokens, error) {
	var t Tokens
	of := make(map[[sha256.Size]byte]string)
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || strings.HasPrefix(fields[0], "#"):
			continue
		case len(t.list) == maxTokens:
			return Tokens{}, fmt.Errorf("line %d: more than %d tokens", n, maxTokens)
		case len(fields) != 2 || !tokenName.MatchString(fields[0]):
			return Tokens{}, fmt.Errorf("line %d is not NAME SHA256: put in the line that bg token NAME printed", n)
		case strings.HasPrefix(fields[1], tokenMark):
			return Tokens{}, fmt.Errorf("line %d holds a token itself: make a new one with bg token NAME, and put in the line that it prints", n)
		case !tokenSum.MatchString(fields[1]):
			return Tokens{}, fmt.Errorf("line %d holds no SHA-256, 64 digits of 0-9 and a-f: put in the line that bg token NAME printed", n)
		}
		h := hashed{name: fields[0]}
		if _, err := hex.Decode(h.sum[:], []byte(fields[1])); err != nil {
			return Tokens{}, fmt.Errorf("line %d: %w", n, err)
		}
		if other, twice := of[h.sum]; twice && other != h.name {
			return Tokens{}, fmt.Errorf("line %d: %s and %s have the same token", n, other, h.name)
		}
		of[h.sum] = h.name
		t.list = append(t.list, h)
	}
	if len(t.list) == 0 {
		return Tokens{}, errors.New("it holds no token: make one with bg token NAME")
	}
	return t, nil
}

// Name returns whose token was shown. How long it takes says nothing of how
// near a wrong one was: what is compared are hashes, each one whole, and all
// of them.
func (t Tokens) Name(token string) (name string, ok bool) {
	sum := sha256.Sum256([]byte(token))
	at := -1
	for i := range t.list {
		at = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(sum[:], t.list[i].sum[:]), i, at)
	}
	if at < 0 {
		return "", false
	}
	return t.list[at].name, true
}
