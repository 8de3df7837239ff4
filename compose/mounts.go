package compose

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/types"
)

// Volume is a named volume of the user's project.
type Volume struct {
	Key     string // under volumes: in the file
	Name    string // as Docker knows it
	Driver  string // "" is Docker's own default
	Options map[string]string
	Labels  map[string]string // the user's
}

// Volumes returns the named volumes that colored services and hooks use and
// that the user's project owns, by key. They must exist before a color's
// containers are created.
func (p *Project) Volumes() []Volume {
	used := map[string]bool{}
	use := func(mounts []types.ServiceVolumeConfig) {
		for _, m := range mounts {
			if m.Type == types.VolumeTypeVolume {
				used[m.Source] = true
			}
		}
	}
	for _, d := range p.Services {
		if d.Kind != Shared {
			use(p.model.Services[d.Name].Volumes)
			for _, h := range p.model.Services[d.Name].PreStart {
				use(h.Volumes)
			}
		}
	}
	var volumes []Volume
	for _, k := range p.model.VolumeNames() {
		if v := p.model.Volumes[k]; used[k] && !bool(v.External) {
			volumes = append(volumes, Volume{
				Key: k, Name: v.Name, Driver: v.Driver, Options: maps.Clone(v.DriverOpts), Labels: maps.Clone(v.Labels),
			})
		}
	}
	return volumes
}

// mounts makes named volumes those of the user's project, so that both
// colors have the same data.
func (c *coloring) mounts(s *types.ContainerSpec, d Service) {
	for _, m := range s.Volumes {
		if m.Type == types.VolumeTypeVolume && m.Source != "" {
			c.volumes[m.Source] = types.VolumeConfig{Name: c.model.Volumes[m.Source].Name, External: true}
		}
		if d.Kind != Colored || d.Exclusive || m.ReadOnly || !data(m) {
			continue
		}
		what := m.Source
		if m.Type == types.VolumeTypeVolume {
			what = "volume " + m.Source
		}
		c.note(Warning, d.Name, "volume data", "both colors write %s (at %s) while they run side by side; if they must not, give label bg.handover=exclusive, or mount it read_only", what, m.Target)
	}
}

// data reports whether a mount holds data that a service may write. Sockets
// and the host's own settings are mounted to be used, not to be written.
func data(m types.ServiceVolumeConfig) bool {
	switch m.Type {
	case types.VolumeTypeVolume:
		return m.Source != ""
	case types.VolumeTypeBind:
		host := []string{"/dev", "/etc/localtime", "/etc/timezone", "/proc", "/sys", "/run", "/var/run"}
		return !strings.HasSuffix(m.Source, ".sock") && !slices.ContainsFunc(host, func(p string) bool {
			return m.Source == p || strings.HasPrefix(path.Clean(m.Source), p+"/")
		})
	}
	return false
}

// resources keeps the configs, secrets and models that the result uses.
func (c *coloring) resources(out *types.Project) {
	configs, secrets, models := map[string]bool{}, map[string]bool{}, map[string]bool{}
	use := func(s types.ContainerSpec) {
		for _, r := range s.Configs {
			configs[r.Source] = true
		}
		for _, r := range s.Secrets {
			secrets[r.Source] = true
		}
		for name := range s.Models {
			models[name] = true
		}
		if s.CredentialSpec != nil {
			configs[s.CredentialSpec.Config] = true
		}
	}
	for _, s := range out.Services {
		use(s.ContainerSpec)
		for _, h := range s.PreStart {
			use(h.ContainerSpec)
		}
		if s.Build != nil {
			for _, r := range s.Build.Secrets {
				secrets[r.Source] = true
			}
		}
	}
	out.Configs, out.Secrets, out.Models = types.Configs{}, types.Secrets{}, types.Models{}
	for name, v := range c.model.Configs {
		if configs[name] {
			if v.Content != "" {
				v.Environment = "" // it's resolved
			}
			out.Configs[name] = v
		}
	}
	for name, v := range c.model.Secrets {
		if secrets[name] {
			out.Secrets[name] = v
		}
	}
	for name, v := range c.model.Models {
		if models[name] {
			out.Models[name] = v
		}
	}
}
