package testbed

import (
	"context"
	"path/filepath"
	"time"
)

// bgImage builds ./cmd/bg and puts it into the image bg. docker-compose.yml can
// build the same image from the same file for people who have a builder.
func (t *Testbed) bgImage(ctx context.Context, say func(string)) (string, error) {
	return t.ownImage(ctx, say, "./cmd/bg", image{
		name:   BGImage,
		binary: t.BG,
		path:   "/bg",
		config: []string{`ENTRYPOINT ["/bg"]`},
	})
}

// sampleImage builds the sample app and puts it into the image bg-sample.
func (t *Testbed) sampleImage(ctx context.Context, say func(string)) (string, error) {
	return t.ownImage(ctx, say, "./e2e/app", image{
		name:   SampleImage,
		binary: filepath.Join(t.cache, "bin", "app"),
		path:   "/app",
		config: []string{
			`ENTRYPOINT ["/app"]`,
			`EXPOSE 8080`,
			`HEALTHCHECK --interval=1s --timeout=2s --retries=3 CMD ["/app","health"]`,
		},
	})
}

// ownImage leaves it to Go to find out what is stale: a build with nothing to do
// takes well under a second.
func (t *Testbed) ownImage(ctx context.Context, say func(string), pkg string, i image) (string, error) {
	if _, found := t.imageLabel(ctx, i.name, binaryLabel); !found {
		say("building from " + pkg)
	}
	build := goTool(ctx, t.Root, "build", "-trimpath", "-o", i.binary, pkg)
	if _, err := output(ctx, 10*time.Minute, build); err != nil {
		return "", err
	}
	made, err := i.ensure(ctx, t)
	if err != nil {
		return "", err
	}
	if made {
		return "image made from " + pkg, nil
	}
	return "image is up to date with " + pkg, nil
}
