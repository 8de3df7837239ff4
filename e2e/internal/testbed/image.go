package testbed

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"time"
)

// binaryLabel holds, on images of ours, the sha256 of the binary inside and of
// what else makes the image. It is not under `bg.`: containers inherit it, and bg
// rejects labels it does not know.
const binaryLabel = "e2e.binary"

// image is a single static binary at a path in a file system that is otherwise
// empty, but for folders of one owner.
type image struct {
	name    string
	binary  string   // on the host
	path    string   // in the image
	config  []string // Dockerfile instructions that `docker import` takes
	folders []string
	owner   int // user and group
}

// ensure makes the image unless the one of that name holds the same binary. It
// says whether it did.
//
// The image comes from `docker import`: no Dockerfile, so that neither the
// classic builder, which new engines are without, nor BuildKit, which old ones
// are without, is needed.
func (i image) ensure(ctx context.Context, t *Testbed) (made bool, err error) {
	sum, err := i.sum()
	if err != nil {
		return false, err
	}
	if held, found := t.imageLabel(ctx, i.name, binaryLabel); found && held == sum {
		return false, nil
	}
	args := []string{"import"}
	for _, line := range append(i.config, "LABEL "+binaryLabel+"="+sum) {
		args = append(args, "--change", line)
	}
	cmd := t.Docker(ctx, append(args, "-", i.name)...)
	archive, write := io.Pipe()
	defer archive.Close()
	cmd.Stdin = archive
	go func() { write.CloseWithError(i.archive(write)) }()
	_, err = output(ctx, 3*time.Minute, cmd)
	return err == nil, err
}

// archive writes the file system of the image. Times are zero, so that the same
// binary makes the same layer.
func (i image) archive(w io.Writer) error {
	f, err := os.Open(i.binary)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	out := tar.NewWriter(w)
	name := strings.TrimPrefix(i.path, "/")
	for _, h := range i.headers() {
		if err := out.WriteHeader(h); err != nil {
			return err
		}
	}
	if err := out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o755, Size: info.Size()}); err != nil {
		return err
	}
	if _, err := io.Copy(out, f); err != nil {
		return err
	}
	return out.Close()
}

// headers returns those of the folders, parents first. Parents are root's.
func (i image) headers() []*tar.Header {
	owners := map[string]int{}
	for _, at := range append([]string{i.path}, i.folders...) {
		for dir := path.Dir(at); dir != "/"; dir = path.Dir(dir) {
			owners[dir] = 0
		}
	}
	for _, at := range i.folders {
		owners[at] = i.owner
	}
	var all []*tar.Header
	for _, dir := range slices.Sorted(maps.Keys(owners)) {
		all = append(all, &tar.Header{
			Typeflag: tar.TypeDir, Name: strings.TrimPrefix(dir, "/") + "/", Mode: 0o755, Uid: owners[dir], Gid: owners[dir],
		})
	}
	return all
}

// sum is another one for another binary, configuration or folder.
func (i image) sum() (string, error) {
	binary, err := fileSum(i.binary)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %q %q %d", binary, i.config, i.folders, i.owner))
	return hex.EncodeToString(sum[:]), nil
}

// imageLabel returns a label of an image, and whether the image is there.
func (t *Testbed) imageLabel(ctx context.Context, name, label string) (value string, found bool) {
	value, err := output(ctx, 20*time.Second,
		t.Docker(ctx, "image", "inspect", "--format", fmt.Sprintf("{{index .Config.Labels %q}}", label), name))
	return value, err == nil
}

func fileSum(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
