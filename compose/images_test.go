package compose

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestImagesAreAskedForAndTagged(t *testing.T) {
	f, c := newFake(t,
		reply{Match: "inspect --format {{.Id}} gone", Err: "Error: No such image: gone\n", Code: 1},
		reply{Match: "inspect --format {{.Id}} broken", Err: "Cannot connect to the Docker daemon\n", Code: 1},
		reply{Match: "inspect", Out: "sha256:1\n"},
		reply{Match: "image ls", Out: "bg-2\nbg-1\n<none>\n"},
		reply{Match: "image rm w:gone", Err: "Error response from daemon: No such image: w:gone\n", Code: 1},
		reply{Match: "image rm w:used", Err: "conflict: image is being used\n", Code: 1})
	id, err := c.ImageID(t.Context(), "w")
	gone, goneErr := c.ImageID(t.Context(), "gone")
	_, brokenErr := c.ImageID(t.Context(), "broken")
	if id != "sha256:1" || gone != "" || err != nil || goneErr != nil || brokenErr == nil {
		t.Errorf("%q %q: %v, %v, %v", id, gone, err, goneErr, brokenErr)
	}
	tags, err := c.Tags(t.Context(), "w")
	if diff := cmp.Diff([]string{"bg-2", "bg-1"}, tags); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if err := errors.Join(c.Tag(t.Context(), "sha256:1", "w:bg-1"), c.Untag(t.Context(), "w:bg-1"), c.Untag(t.Context(), "w:gone")); err != nil {
		t.Error(err)
	}
	if c.Untag(t.Context(), "w:used") == nil {
		t.Error("an image in use is untagged")
	}
	if calls := f.calls(); calls[4] != "image tag sha256:1 w:bg-1" || calls[5] != "image rm w:bg-1" {
		t.Error(calls)
	}
}
