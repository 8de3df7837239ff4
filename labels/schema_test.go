package labels

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheTableHasEveryLabelAndMarksTheIdle(t *testing.T) {
	table := Table()
	for _, l := range Schema() {
		row := "| `" + l.Name + "`"
		if strings.Count(table, row+" ") != 1 {
			t.Errorf("%d rows for %s", strings.Count(table, row+" "), l.Name)
		}
		if strings.Contains(table, row+" † |") == l.Acts {
			t.Errorf("%s acts: %v, and its mark says otherwise", l.Name, l.Acts)
		}
	}
}

func TestASpecNamesTheLabelsThatAreOnlyChecked(t *testing.T) {
	spec, err := Decode(Container{Name: "x", Labels: web("bg.sticky", "true", "bg.preview.host", "x.test", "bg.port", "80")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"bg.preview.host", "bg.sticky"}, spec.Idle); diff != "" {
		t.Error(diff)
	}
}

func TestEveryLabelOfTheSchemaHasItsFieldForPaerser(t *testing.T) {
	values := map[string]string{}
	for _, l := range Schema() {
		for _, value := range []string{"true", "1", "1s", "/", "blue", "auto", "stop", "GET", "direct", "overlap", "expand", "X=y", "200"} {
			if l.check(value) == nil {
				values[strings.ReplaceAll(l.Name, "NAME", "x")] = value
			}
		}
	}
	if len(values) != len(Schema()) {
		t.Fatalf("%d values for %d labels", len(values), len(Schema()))
	}
	o := defaults()
	if err := parse(values, &o); err != nil {
		t.Error(err)
	}
}

func TestParseTurnsPanicsIntoErrors(t *testing.T) {
	o := defaults()
	if err := parse(map[string]string{"bg.x]": "1"}, &o); err == nil {
		t.Error("no error")
	}
}
