package traefik

import (
	"strings"
	"testing"

	"bg/controller/rollout"
	"bg/labels"
)

func TestTemplateMarkersAndOddCharactersBecomeEscapes(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`{"a":"{{env \"HOME\"}}"}`, `"a":"{\u007benv \"HOME\"}}"`},
		{`{"a":"{{{{"}`, `"a":"{\u007b{\u007b"`},
		{`{"a":"{\u007b"}`, `"a":"{\u007b"`},
		{`{"a":"\u007b{"}`, `"a":"\u007b{"`},
		{"{\"a\":\"\u0085\u2028\ufeff\x7f\"}", `"a":"\u0085\u2028\ufeff\u007f"`},
		{`{"a":"\ud83d\ude00 \ud83d \u00e9"}`, `"a":"😀 ` + "\ufffd" + ` é"`},
	} {
		got := mustRender(t, &rollout.Routing{Routes: []*rollout.Route{{
			App: "shop", Middlewares: []labels.Object{{Name: "m", Options: tt.in}},
		}}}, nil)
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: want %s in\n%s", tt.in, tt.want, got)
		}
	}
}
