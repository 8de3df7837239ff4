package compose

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"strconv"
	"time"

	"github.com/compose-spec/compose-go/v2/types"

	"bg/labels"
)

// file is one that docker compose copies into a container when it starts it,
// for it comes from no file of the host.
type file struct {
	target  string
	content string
	from    types.FileReferenceConfig
}

// copied returns those files of a service.
func (p *Project) copied(service string) []file {
	s := p.model.Services[service]
	var files []file
	add := func(content, folder string, r types.FileReferenceConfig) {
		target := r.Target
		if target == "" {
			target = r.Source
		}
		if !path.IsAbs(target) {
			target = path.Join(folder, target)
		}
		if content != "" {
			files = append(files, file{target: target, content: content, from: r})
		}
	}
	for _, r := range s.Secrets {
		add(p.model.Secrets[r.Source].Content, "/run/secrets", types.FileReferenceConfig(r))
	}
	for _, r := range s.Configs {
		add(p.model.Configs[r.Source].Content, "/", types.FileReferenceConfig(r))
	}
	return files
}

// inject copies those files into the containers that docker compose never
// starts: hooks and exclusive services, which are the controller's to start.
func (c CLI) inject(ctx context.Context, p *Project, color labels.Color) error {
	need := map[string][]file{}
	for _, d := range p.Services {
		if files := p.copied(d.Name); len(files) > 0 && d.startedByBg() {
			need[key(d.Name, color)] = files
		}
	}
	if len(need) == 0 {
		return nil
	}
	made, err := c.containersOf(ctx, p.ColorName(color))
	if err != nil {
		return err
	}
	for _, service := range names(need) {
		for _, one := range made[service] {
			for _, f := range need[service] {
				if err := c.copyInto(ctx, one.Name, f); err != nil {
					return fmt.Errorf("copy %s into container %s: %w", f.target, one.Name, err)
				}
			}
		}
	}
	return nil
}

// startedByBg reports whether the controller starts the containers of d.
func (d Service) startedByBg() bool { return d.Kind == Hook || d.Exclusive }

func (c CLI) copyInto(ctx context.Context, container string, f file) error {
	archive, err := f.archive()
	if err != nil {
		return err
	}
	args := []string{"cp", "-", container + ":/"}
	if f.from.UID != "" || f.from.GID != "" {
		args = []string{"cp", "-a", "-", container + ":/"} // as docker compose
	}
	return c.do(ctx, nil, archive, io.Discard, &tail{}, args)
}

// archive returns the file as docker compose packs it.
func (f file) archive() (io.Reader, error) {
	header := &tar.Header{Name: f.target, Size: int64(len(f.content)), Mode: 0o444, ModTime: time.Unix(0, 0)}
	if f.from.Mode != nil {
		header.Mode = int64(*f.from.Mode)
	}
	for _, id := range []struct {
		given string
		field *int
	}{{f.from.UID, &header.Uid}, {f.from.GID, &header.Gid}} {
		if id.given == "" {
			continue
		}
		n, err := strconv.Atoi(id.given)
		if err != nil {
			return nil, fmt.Errorf("uid or gid %q is no number", id.given)
		}
		*id.field = n
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(header); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(w, f.content); err != nil {
		return nil, err
	}
	return &b, w.Close()
}
