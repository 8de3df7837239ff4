package compose

import (
	"fmt"

	"bg/labels"
)

// Target is what a rendering is for.
type Target struct {
	Color   labels.Color
	Release string            // as in label bg.release; "" gives none
	Network string            // of the proxy; "" where there is none
	Images  map[string]string // service -> image reference to run; others run Service.Image
}

func (p *Project) Render(t Target) ([]byte, error) {
	if !t.Color.Valid() {
		return nil, fmt.Errorf("render %s: color %q is neither blue nor green", p.Name, t.Color)
	}
	m := p.model.WithServicesDisabled()
	m.Name = p.ColorName(t.Color)
	return m.MarshalYAML()
}
func (p *Project) Digest(images map[string]string) string        { return "" }
func (p *Project) Keep(images map[string]string) ([]byte, error) { return nil, errNot }
func LoadKept(data []byte) (*Project, error)                     { return nil, errNot }

type Volume struct {
	Name, Key, Driver string
	Options, Labels   map[string]string
}

func (p *Project) Volumes() []Volume { return nil }
