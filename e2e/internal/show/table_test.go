package show

import (
	"strings"
	"testing"
)

func TestColumnsOfATableStandUnderEachOther(t *testing.T) {
	table := Table{Head: []string{"STEP", "REQUESTS", "FAILED"}, Left: 1}
	table.Add("canary", "1,204", "0")
	table.Add("a longer step", "9")
	const want = `  STEP           REQUESTS  FAILED
  canary            1,204       0
  a longer step         9
`
	if got := table.Render(Style{}, "  "); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestATableMayHaveNoHeading(t *testing.T) {
	table := Table{Left: 2}
	table.Add("a", "first")
	table.Add("bcd", "second", "third")
	const want = "a    first\nbcd  second  third\n"
	if got := table.Render(Style{}, ""); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestColorsDoNotMoveColumns(t *testing.T) {
	painted := Style{Color: true}
	table := Table{Head: []string{"A", "B"}, Left: 1}
	table.Add(painted.Bad("red"), "1")
	table.Add("plain", "22")
	lines := strings.Split(table.Render(Style{}, ""), "\n")
	if got, want := len(lines[1])-len(painted.Bad("red"))+len("red"), len(lines[2]); got != want {
		t.Errorf("the painted line has %d columns, the plain one %d:\n%q\n%q", got, want, lines[1], lines[2])
	}
}
