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
	if _, err := d.bg(ctx, "status", app); err != nil {
		return err
	}
	d.say("What it took", "")
	d.live.Print("%s", d.score.table(s))
	d.live.Print("%s", d.score.verdict(s))
	d.live.Print("%s", s.Faint(`    FIRST ANSWER: from bg's decision to the first answer by the new color; promoted,
    to the first after which no other color answers. COMMAND: all of docker bg, which
    waits until Traefik serves the change.`))
	d.say("Try next", "everything stays up")
	t := show.Table{Left: 2}
	bg := filepath.Join("dist", "bg")
	curl := "curl -H 'Host: " + host + "' " + d.url()
	for _, row := range [][2]string{
		{curl, "ask the app; a browser finds it as http://" + host + strings.TrimPrefix(d.url(), "http://127.0.0.1")},
		{bg + " status -w", "watch bg; keep it open beside the others"},
		{bg + " history " + app, "what changed, why and by whom"},
		{"COLOR=blue VERSION=v4 docker compose -p shop-blue -f e2e/demo/shop.yaml up -d", ""},
		{bg + " canary " + app + " 25", "and then promote, and rollback"},
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
