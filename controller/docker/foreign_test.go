package docker

import "testing"

func TestAContainerOfAnotherNetworksControllerIsLeftAlone(t *testing.T) {
	for _, c := range []struct {
		label, network string
		want           bool
	}{
		{"", "bg", false}, {"bg", "bg", false}, {"other", "bg", true}, {"other", "", false},
	} {
		l := map[string]string{"bg.enable": "true"}
		if c.label != "" {
			l["bg.network"] = c.label
		}
		if got := foreign(l, c.network); got != c.want {
			t.Errorf("label %q on network %q: foreign is %v", c.label, c.network, got)
		}
	}
}
