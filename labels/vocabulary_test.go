package labels

import (
	"slices"
	"strings"
	"testing"
)

func TestEveryLineOfTheVocabularyHasAKnownKind(t *testing.T) {
	kinds := []string{"string", "bool", "int", "duration", "list", "object", "object?", "objects", "map", "numbers", "raw", "-"}
	for line := range strings.Lines(vocabularyText) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") {
			continue
		}
		words := strings.Fields(line)
		if len(words) != 2 || !slices.Contains(kinds, words[1]) {
			t.Errorf("line %q", line)
		}
	}
}

func TestKnownOptionsAreFoundInAnyCase(t *testing.T) {
	for section, option := range map[string]string{"routers": "EntryPoints", "middlewares": "IPALLOWLIST", "services": "loadbalancer"} {
		if named(section).under(option) == nil {
			t.Errorf("no %s in %s", option, section)
		}
	}
}
