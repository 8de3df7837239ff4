package compose

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
)

func TestTheVersionOfDockerComposeIsChecked(t *testing.T) {
	for _, c := range []struct {
		reply   reply
		version string
		want    string
	}{
		{reply{Out: "2.40.1\n"}, "2.40.1", ""},
		{reply{Out: "v5.6.0\n"}, "5.6.0", ""},
		{reply{Out: "1.29.2\n"}, "", "version 1.29.2, which is too old"},
		{reply{Out: "dev\n"}, "", "docker-compose-plugin"},
		{reply{Err: "docker: 'compose' is not a docker command.\n", Code: 1}, "", "docker-compose-plugin"},
	} {
		_, cli := newFake(t, c.reply)
		got, err := cli.Version(t.Context())
		var missing *Missing
		if got != c.version || (err != nil) != (c.want != "") || err != nil && (!errors.As(err, &missing) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %q %v", c.reply, got, err)
		}
	}
}

func TestAMissingDockerIsSaidSo(t *testing.T) {
	c := CLI{Command: func(ctx context.Context, args ...string) *exec.Cmd {
		return exec.CommandContext(ctx, "no-such-docker-anywhere", args...)
	}}
	_, err := c.Version(t.Context())
	var missing *Missing
	if !errors.As(err, &missing) || !strings.Contains(err.Error(), "no program docker in PATH") {
		t.Error(err)
	}
}
