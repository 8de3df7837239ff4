package compose

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// seccomp names the file of a seccomp profile in full. Docker compose takes it
// relative to the project's folder, and compose-go, which resolves all other
// paths, leaves this one: in the rendered file it would lead nowhere.
func (c *coloring) seccomp(s *types.ContainerSpec) {
	for i, option := range s.SecurityOpt {
		file, found := strings.CutPrefix(option, "seccomp=")
		if !found {
			file, found = strings.CutPrefix(option, "seccomp:")
		}
		if !found || file == "" || file == "unconfined" || file == "builtin" || file[0] == '~' || filepath.IsAbs(file) {
			continue
		}
		s.SecurityOpt = slices.Clone(s.SecurityOpt) // the user's model stays
		s.SecurityOpt[i] = "seccomp=" + filepath.Join(c.p.options.Dir, file)
	}
}
