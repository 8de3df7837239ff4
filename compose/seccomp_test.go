package compose

import (
	"testing"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"
)

func TestTheFileOfASeccompProfileIsNamedInFull(t *testing.T) {
	given := []string{"no-new-privileges:true", "seccomp=./a.json", "seccomp:b/c.json", "seccomp=unconfined", "seccomp:builtin", "seccomp=/etc/d.json", "apparmor=x"}
	kept := append([]string(nil), given...)
	s := types.ContainerSpec{SecurityOpt: given}
	c := coloring{p: &Project{options: Options{Dir: "/srv/shop"}}}
	c.seccomp(&s)
	want := []string{"no-new-privileges:true", "seccomp=/srv/shop/a.json", "seccomp=/srv/shop/b/c.json", "seccomp=unconfined", "seccomp:builtin", "seccomp=/etc/d.json", "apparmor=x"}
	if diff := cmp.Diff(want, s.SecurityOpt); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(kept, given); diff != "" {
		t.Errorf("the user's model has changed:\n%s", diff)
	}
}
