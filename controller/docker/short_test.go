package docker

import (
	"errors"
	"strings"
	"testing"

	"github.com/containerd/errdefs"
)

func TestTheReasonIsLeftOfWhatTheEngineSays(t *testing.T) {
	for _, tt := range []struct{ name, said, want string }{
		{
			"no such program, Engine 20.10",
			`OCI runtime create failed: container_linux.go:367: starting container process caused: exec: "/nope": stat /nope: no such file or directory: unknown`,
			`exec: "/nope": stat /nope: no such file or directory`,
		},
		{
			"no such program, newer engines",
			`failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/nope": stat /nope: no such file or directory: unknown`,
			`exec: "/nope": stat /nope: no such file or directory`,
		},
		{
			"a port in use",
			"driver failed programming external connectivity on endpoint web: Bind for 0.0.0.0:80 failed: port is already allocated",
			"driver failed programming external connectivity on endpoint web: Bind for 0.0.0.0:80 failed: port is already allocated",
		},
		{"several lines and a terminal's codes", "no\n\tgood\x1b[31m: unknown", "no good[31m"},
		{"something long", strings.Repeat("x", 10_000), strings.Repeat("x", maxReason)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := short(errors.New(fromDaemon + tt.said)).Error(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestAShortErrorIsStillWhatItWas(t *testing.T) {
	if err := short(notFound{}); !errdefs.IsNotFound(err) || err.Error() != "No such container: x" {
		t.Errorf("got %v", err)
	}
	own := errors.New("connection refused")
	if short(own) != own {
		t.Error("an error that the engine did not answer was changed")
	}
}

type notFound struct{}

func (notFound) Error() string { return fromDaemon + "No such container: x" }
func (notFound) NotFound()     {}
