package controller

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"bg/controller/rollout"
)

// policyText is the policy file.
type policyText struct {
	Hosts map[string][]string `yaml:"hosts"`
	Apps  map[string]struct {
		Projects []string `yaml:"projects"`
	} `yaml:"apps"`
	Internal []string `yaml:"internal"`
}

var (
	policyHost    = regexp.MustCompile(`^(\*|(\*\.)?[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?)$`)
	policyApp     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	policyProject = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)
	unknownKey    = regexp.MustCompile(`field (.*) not found in type .*`)
)

// ParsePolicy reads a policy in YAML or JSON. Errors name the key and the fix.
// It keeps nothing of data.
func ParsePolicy(data []byte) (*rollout.Policy, error) {
	var text policyText
	d := yaml.NewDecoder(strings.NewReader(string(data)))
	d.KnownFields(true)
	if err := d.Decode(&text); err != nil && !errors.Is(err, io.EOF) {
		var mistyped *yaml.TypeError
		if errors.As(err, &mistyped) && len(mistyped.Errors) > 0 {
			err = errors.New(unknownKey.ReplaceAllString(mistyped.Errors[0], `"$1" is no key here: there are hosts, internal, and apps with projects`))
		}
		return nil, err
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, errors.New("it holds more than one document: leave one")
	}
	p := &rollout.Policy{Hosts: map[string][]string{}, Projects: map[string][]string{}, Internal: text.Internal}
	for host, apps := range text.Hosts {
		name := strings.ToLower(host)
		if !policyHost.MatchString(name) {
			return nil, fmt.Errorf("hosts: %.80q is no host: give a host, *.example.com for all below it, or *", host)
		}
		if _, twice := p.Hosts[name]; twice {
			return nil, fmt.Errorf("hosts: %s is there twice: leave one", name)
		}
		if err := namesOf(apps, policyApp, "an app"); err != nil {
			return nil, fmt.Errorf("hosts: %s: %w", name, err)
		}
		p.Hosts[name] = apps
	}
	for app, about := range text.Apps {
		if err := namesOf([]string{app}, policyApp, "an app"); err != nil {
			return nil, fmt.Errorf("apps: %w", err)
		}
		if len(about.Projects) == 0 {
			return nil, fmt.Errorf("apps: %s has no projects: name those that may speak for it, or leave it out", app)
		}
		if err := namesOf(about.Projects, policyProject, "a Compose project"); err != nil {
			return nil, fmt.Errorf("apps: %s: projects: %w", app, err)
		}
		p.Projects[app] = about.Projects
	}
	if err := namesOf(p.Internal, policyApp, "an app"); err != nil {
		return nil, fmt.Errorf("internal: %w", err)
	}
	return p, nil
}

// namesOf checks a list of names.
func namesOf(names []string, grammar *regexp.Regexp, kind string) error {
	i := slices.IndexFunc(names, func(name string) bool { return !grammar.MatchString(name) })
	if i < 0 {
		return nil
	}
	return fmt.Errorf("%.80q is no name of %s: use a-z, 0-9 and -", names[i], kind)
}
