package main

import (
	"context"
	"path/filepath"
	"strings"

	"bg/e2e/internal/show"
)

// finish shows how it stands, what it took, and what to do next.
func (d *demo) finish(ctx context.Context) error {
	s := d.live.Style
	d.say("Where it stands", "")
	for _, args := range [][]string{{"status", app}, {"history", app, "--releases"}} {
		if _, _, err := d.bg(ctx, nil, args...); err != nil {
			return err
		}
	}
	d.say("What it took", "")
	d.live.Print("%s", d.score.table(s))
	d.live.Print("%s", d.score.verdict(s))
	d.live.Print("%s", s.Faint(`    FIRST ANSWER: from bg's decision to the first answer by the color that gets the
    users. COMMAND: all of docker bg, which waits until Traefik serves the change.`))
	d.say("Try next", "everything stays up")
	t := show.Table{Left: 2}
	bg := filepath.Join("dist", "bg")
	curl := "curl -H 'Host: " + host + "' " + d.url()
	for _, row := range [][2]string{
		{curl, "ask the app; a browser finds it as http://" + host + strings.TrimPrefix(d.url(), "http://127.0.0.1")},
		{bg + " status -w", "watch bg; keep it open beside the others"},
		{bg + " history " + app, "what changed, why and by whom"},
		{"VERSION=v6 " + bg + " plan -f " + file, "what a release would do"},
		{"VERSION=v6 " + bg + " deploy -f " + file, "do it"},
		{bg + " rollback " + app + " --to 1", "release v1 again"},
		{bg + " install", "from then on: docker bg status, in any folder"},
		{downCommand, "remove it all"},
	} {
		t.Add(s.Command(row[0]), s.Faint(row[1]))
	}
	d.live.Print("%s", t.Render(s, "    "))
	if _, failed, _ := d.score.lost(); failed > 0 {
		return errLost
	}
	return nil
}
