package labels

import (
	"os"
	"strings"
	"testing"
)

func TestTheTableInTheReadmeIsCurrent(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(readme), "<!-- labels -->\n")
	table, _, closed := strings.Cut(rest, "<!-- /labels -->")
	if !ok || !closed {
		t.Fatal("README.md has no place for the table of labels")
	}
	if table != Table() {
		t.Errorf("the table of labels in README.md is not the schema's; it should be:\n%s", Table())
	}
}
