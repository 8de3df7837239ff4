package compose

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"go.yaml.in/yaml/v3"
)

// keptKey is the extension in which a kept project holds what a Compose file
// has no place for.
const keptKey = "x-bg"

// kept is what stands there.
type kept struct {
	Version int               `yaml:"version"`
	Options Options           `yaml:"options"`           // of the user's own files, for the shared services
	Secrets map[string]string `yaml:"secrets,omitempty"` // environment variable -> value, of secrets
	Files   map[string]string `yaml:"files,omitempty"`   // of configs and secrets -> SHA-256
}

const keptVersion = 1

// Keep returns the project in a form from which LoadKept makes one that
// renders the same for each color without the user's Compose files or
// environment, with the images pinned as given (service -> image reference).
// The files of configs and secrets and mounted folders are not in it; they
// are read where they were.
//
// It holds every secret that the user's files and environment gave to the
// project, so whoever writes it to a disk must give it mode 0600.
func (p *Project) Keep(images map[string]string) ([]byte, error) {
	m := p.model.WithServicesDisabled()
	m.Jobs, m.DisabledServices = nil, nil
	k := kept{Version: keptVersion, Options: p.options, Secrets: map[string]string{}, Files: map[string]string{}}
	for _, d := range p.Services {
		s := m.Services[d.Name]
		if d.Kind == Shared {
			m.Services[d.Name] = bare(s, d)
			continue
		}
		inherited := s.Image
		s.Image = d.Image
		if images[d.Name] != "" {
			s.Image = images[d.Name]
		}
		for i, h := range s.PreStart {
			if h.Image == inherited || h.Image == "" {
				s.PreStart[i].Image = s.Image
			}
		}
		s.Profiles, s.LabelFiles, s.EnvFiles, s.Extends = nil, nil, nil, nil
		m.Services[d.Name] = s
	}
	for name, v := range m.Configs {
		if v.Content != "" {
			v.Environment = ""
		}
		k.file(v.File)
		m.Configs[name] = v
	}
	for _, v := range m.Secrets {
		if v.Environment != "" {
			k.Secrets[v.Environment] = v.Content
		}
		k.file(v.File)
	}
	m.Extensions = types.Extensions{keptKey: k}
	data, err := encode(m)
	if err != nil {
		return nil, fmt.Errorf("keep project %s: %w", p.Name, err)
	}
	return data, nil
}

// file notes the content of a file, as far as it's known.
func (k *kept) file(name string) {
	if sum, err := hashFile(name); err == nil {
		k.Files[name] = sum
	}
}

// bare returns of a shared service what colored ones depend on.
func bare(s types.ServiceConfig, d Service) types.ServiceConfig {
	replicas := d.Replicas
	b := types.ServiceConfig{Name: s.Name, ContainerName: s.ContainerName, Scale: &replicas}
	b.Image = d.Image
	if b.Image == "" {
		b.Image = "none" // a provider's; Compose asks for one
	}
	b.Networks, b.NetworkMode = s.Networks, s.NetworkMode
	if _, refers := cutService(b.NetworkMode); refers {
		b.NetworkMode = "none"
	}
	return b
}

// LoadKept reads what Keep returned. The error says that it is no such thing,
// or of a newer bg. Files that have changed since are in Notes.
func LoadKept(data []byte) (*Project, error) {
	if len(data) > maxFile {
		return nil, fmt.Errorf("read the kept release: it has %d bytes, more than %d", len(data), maxFile)
	}
	p, err := loadKept(data)
	if err != nil {
		return nil, fmt.Errorf("read the kept release: %w", err)
	}
	return p, nil
}

func loadKept(data []byte) (*Project, error) {
	k, err := open(data)
	if err != nil {
		return nil, err
	}
	var model *types.Project
	var said []string
	err = listen(&said, func() (err error) {
		model, err = loader.LoadWithContext(context.Background(), types.ConfigDetails{
			WorkingDir:  k.Options.Dir,
			ConfigFiles: []types.ConfigFile{{Filename: "kept.yaml", Content: data}},
			Environment: k.Secrets,
		}, func(o *loader.Options) {
			o.SkipResolveEnvironment, o.SkipInclude, o.SkipExtends = true, true, true
			o.SetProjectName(k.Options.Name, true)
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	model.Extensions = nil
	p, err := split(model, k.Options)
	if err != nil {
		return nil, err
	}
	for _, file := range names(k.Files) {
		switch now, err := hashFile(file); {
		case err != nil:
			p.note(Error, "", "files", "file %s of a config or secret %v; bring it back before this release is run again", file, err)
		case now != k.Files[file]:
			p.note(Warning, "", "files", "file %s of a config or secret has changed since this release ran; it will get the file as it is now", file)
		}
	}
	p.sortNotes()
	return p, nil
}

// open reads the extension.
func open(data []byte) (kept, error) {
	var f struct {
		Kept *kept `yaml:"x-bg"`
	}
	if err := yaml.Unmarshal(data, &f); err != nil {
		return kept{}, err
	}
	switch {
	case f.Kept == nil:
		return kept{}, errors.New("it has no " + keptKey + ", so bg has not kept it")
	case f.Kept.Version != keptVersion:
		return kept{}, fmt.Errorf("it is of version %d, and this bg reads version %d; use the bg that kept it", f.Kept.Version, keptVersion)
	}
	f.Kept.unescape()
	return *f.Kept, nil
}

// unescape undoes what encode does to values.
func (k *kept) unescape() {
	plain := func(s *string) { *s = strings.ReplaceAll(*s, "$$", "$") }
	for _, list := range [][]string{k.Options.Files, k.Options.EnvFiles, k.Options.Profiles} {
		for i := range list {
			plain(&list[i])
		}
	}
	plain(&k.Options.Dir)
	for name, value := range k.Secrets {
		plain(&value)
		k.Secrets[name] = value
	}
}
