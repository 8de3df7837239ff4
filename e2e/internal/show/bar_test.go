package show

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheCellsOfABarAddUp(t *testing.T) {
	for _, c := range []struct {
		name   string
		counts []int
		want   []int
	}{
		{"all of one", []int{300, 0, 0}, []int{40, 0, 0}},
		{"a tenth", []int{270, 30, 0}, []int{36, 4, 0}},
		{"one lost request is seen", []int{0, 999, 1}, []int{0, 39, 1}},
		{"two rounded-down shares", []int{1, 1, 1}, []int{14, 13, 13}},
		{"nothing yet", []int{0, 0, 0}, []int{0, 0, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			parts := []Part{{"blue", c.counts[0]}, {"green", c.counts[1]}, {"", c.counts[2]}}
			if diff := cmp.Diff(c.want, Cells(40, parts...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestABarCanBeReadWithoutColors(t *testing.T) {
	got := Style{}.Bar(10, Part{"blue", 6}, Part{"green", 3}, Part{"", 1})
	if want := "██████░░░x"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (Style{}).Bar(3, Part{"blue", 0}); got != "   " {
		t.Errorf("got %q for nothing, want blanks", got)
	}
}
