package compose

import (
	"context"
	"strings"
)

// ImageID returns the ID of an image, such as sha256:3f9a..., or "" if it is
// not there.
func (c CLI) ImageID(ctx context.Context, ref string) (string, error) {
	out, err := c.output(ctx, "image", "inspect", "--format", "{{.Id}}", ref)
	if err != nil && absent(ctx, err) {
		return "", nil
	}
	return strings.TrimSpace(out), err
}

// Tag gives an image, by ID or reference, another reference.
func (c CLI) Tag(ctx context.Context, id, ref string) error {
	_, err := c.output(ctx, "image", "tag", id, ref)
	return err
}

// Untag takes a reference away, and the image with its last one. One that is
// not there is no error.
func (c CLI) Untag(ctx context.Context, ref string) error {
	_, err := c.output(ctx, "image", "rm", ref)
	if err != nil && absent(ctx, err) {
		return nil
	}
	return err
}

// Tags returns the tags that images of a repository have, newest image
// first: bg-7-3f9a2c81 of shop-web:bg-7-3f9a2c81.
func (c CLI) Tags(ctx context.Context, repo string) ([]string, error) {
	out, err := c.output(ctx, "image", "ls", "--format", "{{.Tag}}", repo)
	if err != nil {
		return nil, err
	}
	var tags []string
	for tag := range strings.FieldsSeq(out) {
		if tag != "<none>" {
			tags = append(tags, tag)
		}
	}
	return tags, nil
}

// absent reports whether an error of docker says that what was asked for
// does not exist. Engines differ in the words.
func absent(ctx context.Context, err error) bool {
	text := strings.ToLower(err.Error())
	return ctx.Err() == nil && (strings.Contains(text, "no such ") || strings.Contains(text, "not found"))
}
