package testbed

import (
	"context"
	"path/filepath"
	"time"
)

// bgImage builds ./cmd/bg and puts it into the image bg. docker-compose.yml can
// build the same image from the same file for people who have a builder.
func (t *Testbed) bgImage(ctx context.Context, say func(string)) (string, error) {
	return t.ownImage(ctx, say, ".", "./cmd/bg", image{
		name:   BGImage,
		binary: t.BG,
		path:   "/bg",
		config: []string{`ENTRYPOINT ["/bg"]`, "USER 65532:65532"},
		owner:  65532,
		// A new volume takes the owner of the folder in the image.
		folders: []string{"/etc/traefik/dynamic", "/run/bg", "/state"},
	})
}

// sampleImage builds the sample app and puts it into the image bg-sample.
func (t *Testbed) sampleImage(ctx context.Context, say func(string)) (string, error) {
	return t.ownImage(ctx, say, ".", "./e2e/app", image{
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

// shopImage builds the app with a database, whose driver is no matter of the root
// module's, and puts it into the image bg-shop. Its migrations are one-off
// containers, so the health check is the Compose file's.
func (t *Testbed) shopImage(ctx context.Context, say func(string)) (string, error) {
	return t.ownImage(ctx, say, "./e2e/tools/shop", ".", image{
		name:   ShopImage,
		binary: filepath.Join(t.cache, "bin", "shop"),
		path:   "/shop",
		config: []string{`ENTRYPOINT ["/shop"]`, `EXPOSE 8080`},
	})
}

// ownImage makes an image of a package, which is told from the folder of its
// module. It leaves it to Go to find out what is stale: a build with nothing to do
// takes well under a second.
func (t *Testbed) ownImage(ctx context.Context, say func(string), module, pkg string, i image) (string, error) {
	from := "./" + filepath.Join(module, pkg)
	if _, found := t.imageLabel(ctx, i.name, binaryLabel); !found {
		say("building from " + from)
	}
	build := goTool(ctx, filepath.Join(t.Root, module), "build", "-trimpath", "-o", i.binary, pkg)
	if _, err := output(ctx, 10*time.Minute, build); err != nil {
		return "", err
	}
	made, err := i.ensure(ctx, t)
	if err != nil {
		return "", err
	}
	if made {
		return "image made from " + from, nil
	}
	return "image is up to date with " + from, nil
}
