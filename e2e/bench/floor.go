package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"bg/e2e/internal/figures"
	"bg/e2e/internal/lab"
)

// floor measures what Traefik itself needs: the bare rename of a file, with
// nothing saved, synced or confirmed, to the first answer by the other color.
type floor struct {
	lab     *lab.Lab
	subject *subject
}

func (f *floor) live() string  { return filepath.Join(f.lab.Dynamic, "bg.yml") }
func (f *floor) stage() string { return filepath.Join(f.lab.Folder, "stage.yml") }

// rename puts data before Traefik and returns how long users waited for color.
func (f *floor) rename(ctx context.Context, data []byte, color string) (took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, switchLimit)
	defer cancel()
	if err := os.WriteFile(f.stage(), data, 0o644); err != nil {
		return 0, err
	}
	p, err := f.subject.prober(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { f.subject.requests.add(p.Stop()) }()
	start := time.Now()
	if err := os.Rename(f.stage(), f.live()); err != nil {
		return 0, err
	}
	answered, err := p.Await(ctx, color)
	return answered.Sub(start), err
}

// thereAndBack renames the other color's file in and then the active one's
// again, so that bg finds what it wrote.
func (f *floor) thereAndBack(ctx context.Context, there, back []byte, pause time.Duration) (figures.Sample, error) {
	var s figures.Sample
	active := f.subject.active
	for _, step := range []struct {
		data  []byte
		color string
	}{{there, other(active)}, {back, active}} {
		took, err := f.rename(ctx, step.data, step.color)
		if err != nil {
			return s, fmt.Errorf("measure the floor: %w", err)
		}
		s = append(s, took)
		if err := sleep(ctx, pause); err != nil {
			return s, err
		}
	}
	return s, nil
}

// withoutCertificate cuts the default certificate out of a file of bg's.
func withoutCertificate(data []byte) ([]byte, error) {
	head, _, found := bytes.Cut(data, []byte(",\n\"tls\":"))
	if !found {
		return nil, errors.New("the file of bg has no default certificate")
	}
	return append(bytes.Clone(head), "}\n"...), nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// restore puts bg's own file back.
func (f *floor) restore(data []byte) error {
	if err := os.WriteFile(f.stage(), data, 0o644); err != nil {
		return err
	}
	return os.Rename(f.stage(), f.live())
}
