package labels

import (
	"strings"
	"testing"
)

func TestTheTableHasEveryLabel(t *testing.T) {
	table := Table()
	for _, l := range Schema() {
		if row := "| `" + l.Name + "` |"; strings.Count(table, row) != 1 {
			t.Errorf("%d rows for %s", strings.Count(table, row), l.Name)
		}
	}
}

func TestEveryLabelOfTheSchemaHasItsFieldForPaerser(t *testing.T) {
	values := map[string]string{}
	for _, l := range Schema() {
		for _, value := range []string{"true", "1", "1s", "/", "blue", "auto", "stop", "GET", "direct", "overlap", "expand", "X=y", "200", "1%", "extend"} {
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
