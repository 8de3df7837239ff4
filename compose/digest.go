package compose

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/compose-spec/compose-go/v2/types"

	"bg/labels"
)

// maxHashed bounds the files of configs and secrets that count by their
// content, in bytes. Larger ones count by path, size and time of change.
const maxHashed = 1 << 20

// Digest returns 64 hex digits that are the same exactly if a release would
// be: same content of the colored services and hooks, down to the files of
// their configs and secrets, and same images. It does not depend on color,
// release, order or time. Images are service -> image ID; how a service with
// an image ID is built no longer counts. Shared services count only as far
// as the colored ones need them.
func (p *Project) Digest(images map[string]string) string {
	c := coloring{p: p, t: Target{Color: labels.Blue, Images: images}, note: func(_, _, _, _ string, _ ...any) {}}
	out := c.project()
	for name, s := range out.Services {
		if images[c.user(name)] != "" {
			s.Build = nil
			out.Services[name] = s
		}
	}
	for name, v := range out.Configs {
		v.File = fingerprint(v.File)
		out.Configs[name] = v
	}
	for name, v := range out.Secrets {
		v.File = fingerprint(v.File)
		out.Secrets[name] = v
	}
	h := sha256.New()
	content, err := out.MarshalYAML(types.WithSecretContent)
	if err != nil {
		// Not to be seen: Load's own review has made the same project.
		fmt.Fprintf(h, "%v\n", err)
	}
	h.Write(content)
	waits := map[string]map[string]string{}
	for _, d := range p.Services {
		waits[d.Name] = d.Waits
	}
	more, _ := json.Marshal([]any{waits, p.Volumes()}) // of strings alone
	h.Write(more)
	return hex.EncodeToString(h.Sum(nil))
}

// fingerprint returns what stands for a file: its content, or what can be
// told without reading all of it.
func fingerprint(file string) string {
	if file == "" {
		return ""
	}
	sum, err := hashFile(file)
	if err != nil {
		return file + " " + err.Error()
	}
	return sum
}

var errLarge = errors.New("too large to be hashed")

func hashFile(file string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", errors.New("can't be read") // the same whatever the system says
	}
	if !info.Mode().IsRegular() {
		return "", errors.New("is no file")
	}
	if info.Size() > maxHashed {
		return "", fmt.Errorf("%w: %d bytes of %d", errLarge, info.Size(), info.ModTime().UnixNano())
	}
	f, err := os.Open(file)
	if err != nil {
		return "", errors.New("can't be read")
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, maxHashed+1)); err != nil {
		return "", errors.New("can't be read")
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
