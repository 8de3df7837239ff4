package labels

import (
	"fmt"
	"strings"
	"testing"
)

// Attack 11 of the bar: 1 MiB label, 10,000 labels: capped.
func TestLabelsBeyondTheLimitsAreRefused(t *testing.T) {
	many := web()
	for i := range maxLabels {
		many[fmt.Sprintf("bg.smoke.n%d.body", i)] = "1"
	}
	heavy := web()
	for i := range 9 {
		heavy[fmt.Sprintf("bg.smoke.n%d.body", i)] = strings.Repeat("x", maxValue)
	}
	for name, c := range map[string]struct {
		labels map[string]string
		want   string
	}{
		"too many":       {many, "at most 1000"},
		"too heavy":      {heavy, "at most 65536"},
		"a long name":    {web("bg."+strings.Repeat("x", maxKey), "1"), "at most 256"},
		"a deep name":    {web("bg"+strings.Repeat(".x", maxDepth), "1"), "more than 16 words"},
		"a long value":   {web("bg.smoke.x.body", strings.Repeat("x", maxValue+1)), "at most 8192"},
		"a large value":  {web("bg.smoke.x.body", strings.Repeat("x", 1<<20)), "at most 65536"},
		"paerser's fear": {web("bg.x]", "1"), "words of A-Z"},
		"empty words":    {web("bg..port", "1"), "words of A-Z"},
		"no words":       {web("bg.", "1"), "words of A-Z"},
		"an open index":  {web("traefik.http.routers.a[.rule", "1"), "words of A-Z"},
		"index of 100":   {web("traefik.http.routers.a.b[100].c", "1"), "words of A-Z"},
		"a line break":   {web("bg.port\nx", "1"), `"bg.port\nx"`},
		"bg alone":       {web("bg", "true"), "no such label"},
		"two cases":      {web("bg.smoke.X.body", "1", "bg.smoke.x.body", "2"), "only in case"},
	} {
		t.Run(name, func(t *testing.T) {
			wantError(t, Container{Name: "c1", Labels: c.labels}, "container c1", c.want)
		})
	}
}

// Attack 11 of the bar: 1 MiB label, 10,000 labels: capped.
func TestTheColorIsKnownBehindAFloodOfLabels(t *testing.T) {
	labels := web()
	for i := range 10_000 {
		labels[fmt.Sprintf("bg.smoke.n%d.body", i)] = "1"
	}
	s, err := Decode(Container{Name: "c1", Labels: labels})
	if err == nil || s.App != "shop" || s.Color != Green {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestLabelsOfOthersAreNotLookedAt(t *testing.T) {
	labels := web("bgx.port", "\x00", "org.opencontainers.image.title", strings.Repeat("x", 1<<20), "Traefik.http", "{{", "bgp]", "")
	for i := range 5_000 {
		labels[fmt.Sprintf("other.%d", i)] = "x"
	}
	mustDecode(t, labels)
}
