package docker

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"

	"bg/controller/docker/dockertest"
)

func TestDigestOfLabels(t *testing.T) {
	a := map[string]string{"a": "b", "c": "d"}
	for name, b := range map[string]map[string]string{
		"fewer": {"a": "b"}, "another value": {"a": "b", "c": "e"}, "swapped": {"a": "d", "c": "b"}, "moved": {"ab": "", "c": "d"},
	} {
		if digest(a) == digest(b) {
			t.Errorf("%s: the same digest", name)
		}
	}
	if digest(a) != digest(maps.Clone(a)) {
		t.Error("equal maps differ")
	}
}

func TestNamesAreFitToShow(t *testing.T) {
	for in, want := range map[string]string{
		"/web": "web", "web\x1b[2J\n": "web[2J", "": "", "/" + strings.Repeat("x", 300): strings.Repeat("x", 255), "a\xffb": "ab",
	} {
		if got := cleanName(in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
	}
}

func TestIDsAreHex(t *testing.T) {
	for id, want := range map[string]bool{
		dockertest.ID(0): true, "0123456789ab": true, "0123456789a": false, "": false,
		strings.Repeat("a", 65): false, "0123456789AB": false, "../../0123456789": false, "0123456789ab\n": false,
	} {
		if validID(id) != want {
			t.Errorf("%q: %v", id, !want)
		}
	}
}

// FuzzInspect feeds any JSON to what reads inspects and lists: it may
// refuse, but not panic.
func FuzzInspect(f *testing.F) {
	for _, s := range []string{
		`{}`, `null`, `{"Id":"0123456789ab"}`, `{"Id":"0123456789ab","State":{}}`,
		`{"Id":"0123456789ab","State":{"Status":"running","Health":{"Status":"healthy"}},"Config":{"Labels":{"bg.enable":"true","bg.app":"a","bg.color":"blue"},"ExposedPorts":{"80/tcp":{},"x":{}}},"NetworkSettings":{"Networks":{"bg":null}}}`,
		`{"Id":"0123456789ab","Names":["/a/b","/a"],"State":"exited","Status":"Exited (","NetworkSettings":{"Networks":{"bg":{"IPAddress":"x"}}}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var i container.InspectResponse
		if json.Unmarshal(data, &i) == nil {
			if f, err := factOf(&i, "0123456789ab", "bg", nil); err == nil {
				f.condition(signs{})
			}
		}
		var s container.Summary
		if json.Unmarshal(data, &s) == nil {
			faceOfList(&s)
		}
	})
}
