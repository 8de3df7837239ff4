package labels

import "testing"

func TestDistanceCountsLetters(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"port", "prot", 2}, {"kitten", "sitting", 3}, {"same", "same", 0},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestNearestGivesUpOnWhatIsFar(t *testing.T) {
	if got := nearest("entrypoint", []string{"rule", "entryPoints"}, 2); got != "entryPoints" {
		t.Error(got)
	}
	if got := nearest("shadow", []string{"rule", "entryPoints"}, 2); got != "" {
		t.Error(got)
	}
}
