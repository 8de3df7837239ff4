package compose

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// Options say what the user's project is, in docker compose's own words.
type Options struct {
	Files    []string // -f; none: compose.yaml and the like, in the working folder or one above
	EnvFiles []string // --env-file; none: .env
	Profiles []string // --profile; none: COMPOSE_PROFILES
	Name     string   // -p; "": COMPOSE_PROJECT_NAME, else name: in the file, else the folder's name
	Dir      string   // --project-directory; "" = folder of the first file
}

// Limits on what is read, far beyond what people write.
const (
	maxFile     = 4 << 20 // bytes of one Compose or environment file
	maxFiles    = 100     // Compose files given, and environment files given
	maxServices = 1000
)

// Load reads the project as docker compose does, process environment
// included, and splits it. Variables of COMPOSE_* count as they do for docker
// compose.
//
// The error names the file and the service as far as Compose tells them, and
// the fix. What is wrong with single services is in Notes instead, so that
// all of it is seen at once.
func Load(ctx context.Context, o Options) (*Project, error) {
	if len(o.EnvFiles) == 0 {
		o.EnvFiles = strings.FieldsFunc(os.Getenv("COMPOSE_ENV_FILES"), func(r rune) bool { return r == ',' })
	}
	if slices.Contains(o.Files, "-") {
		return nil, errors.New("bg reads the Compose file more than once, so it can't be standard input; save it and give its name with -f")
	}
	if len(o.Files) > maxFiles || len(o.EnvFiles) > maxFiles {
		return nil, fmt.Errorf("%d Compose files and %d environment files; give at most %d of each", len(o.Files), len(o.EnvFiles), maxFiles)
	}
	said, model, resolved, err := read(ctx, o)
	if err != nil {
		return nil, err
	}
	p, err := split(model, resolved)
	if err != nil {
		return nil, err
	}
	for _, text := range said {
		p.note(Warning, "", "file", "%s", text)
	}
	p.sortNotes()
	return p, nil
}

// read loads the model as docker compose does, in the same order of sources,
// and returns with it what Compose said meanwhile and the Options that give
// the same model from any folder.
func read(ctx context.Context, o Options) (said []string, model *types.Project, resolved Options, err error) {
	err = listen(&said, survive(func() error {
		options, envFiles, err := prepare(o)
		if err != nil {
			return fmt.Errorf("read the Compose project: %w", explain(err))
		}
		model, err = load(ctx, options)
		if err != nil {
			return fmt.Errorf("read %s: %w", strings.Join(options.ConfigPaths, ", "), explain(err))
		}
		resolved = Options{
			Files: model.ComposeFiles, EnvFiles: envFiles, Name: model.Name, Dir: model.WorkingDir,
			Profiles: slices.DeleteFunc(slices.Clone(model.Profiles), func(s string) bool { return s == "" }),
		}
		return nil
	}))
	return said, model, resolved, err
}

// survive returns f with its panics as errors: compose-go has some for odd
// files, such as a key without a value where it counts on one.
func survive(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("read the Compose project: the file is odd in a way that Compose does not foresee (%.200s); 'docker compose config' may tell more", fmt.Sprint(v))
			}
		}()
		return f()
	}
}

// prepare finds the files. The environment files that it returns are in the
// order in which docker compose must be given them: last wins.
func prepare(o Options) (options *cli.ProjectOptions, envFiles []string, err error) {
	found := func(po *cli.ProjectOptions) error {
		for _, file := range po.EnvFiles {
			abs, err := filepath.Abs(file)
			if err != nil {
				return err
			}
			if err := bounded(abs); err != nil {
				return err
			}
			if !slices.Contains(envFiles, abs) {
				// Docker compose reads the working folder's .env before the
				// project's, and what is set stays set.
				envFiles = slices.Insert(envFiles, 0, abs)
			}
		}
		return nil
	}
	steps := []cli.ProjectOptionsFn{cli.WithWorkingDirectory(o.Dir), cli.WithOsEnv}
	if _, present := os.LookupEnv("PWD"); !present {
		if pwd, err := os.Getwd(); err == nil {
			steps = append(steps, cli.WithEnv([]string{"PWD=" + pwd}))
		}
	}
	steps = append(steps,
		cli.WithEnvFiles(o.EnvFiles...), found, cli.WithDotEnv,
		cli.WithConfigFileEnv, cli.WithDefaultConfigPath,
		cli.WithEnvFiles(o.EnvFiles...), found, cli.WithDotEnv,
		cli.WithDefaultProfiles(o.Profiles...), cli.WithName(o.Name), cli.WithoutEnvironmentResolution)
	options, err = cli.NewProjectOptions(o.Files, steps...)
	if err != nil {
		return nil, nil, err
	}
	if len(o.EnvFiles) > 0 {
		slices.Reverse(envFiles) // given ones: last wins already
	}
	if len(options.ConfigPaths) == 0 {
		return nil, nil, fmt.Errorf("no Compose file here or in a folder above; name one with -f, or create one of %s", strings.Join(cli.DefaultFileNames, ", "))
	}
	for _, file := range options.ConfigPaths {
		if err := bounded(file); err != nil {
			return nil, nil, err
		}
	}
	return options, envFiles, nil
}

func load(ctx context.Context, options *cli.ProjectOptions) (*types.Project, error) {
	model, err := options.LoadProject(ctx)
	if err != nil {
		return nil, err
	}
	if len(model.Services) > maxServices {
		return nil, fmt.Errorf("%d services; bg takes at most %d", len(model.Services), maxServices)
	}
	for i, file := range model.ComposeFiles {
		if model.ComposeFiles[i], err = filepath.Abs(file); err != nil {
			return nil, err
		}
	}
	for _, name := range model.ServiceNames() {
		for _, file := range model.Services[name].EnvFiles {
			if err := bounded(file.Path); err != nil && (bool(file.Required) || !errors.Is(err, os.ErrNotExist)) {
				return nil, fmt.Errorf("service %s: env_file: %w; or say required: false", name, err)
			}
		}
	}
	acceptRawEnv()
	model, err = model.WithServicesEnvironmentResolved(true)
	if err != nil {
		return nil, err
	}
	return model.WithoutUnresolvedOptionalDependencies(), nil
}

// bounded refuses what is no file of a sensible size.
func bounded(file string) error {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("there is no file %s (%w); create it or mend the name", file, os.ErrNotExist)
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder; give the file in it", file)
	case info.Size() > maxFile:
		return fmt.Errorf("%s has %d bytes; bg reads at most %d", file, info.Size(), maxFile)
	}
	return nil
}

// explain adds the fix where Compose's own words lack it.
func explain(err error) error {
	text := err.Error()
	for _, c := range []struct{ sign, fix string }{
		{"invalid project name", "give name: in the file, or -p"},
		{"project name must not be empty", "give name: in the file, or -p"},
		{"invalid interpolation format", "write $$ where a $ is meant"},
		{"depends on undefined service", "define it, or activate its profile with --profile"},
		{"refers to undefined network", "define it under networks:"},
		{"refers to undefined volume", "define it under volumes:"},
		{"refers to undefined config", "define it under configs:"},
		{"refers to undefined secret", "define it under secrets:"},
		{"has neither an image nor a build context", "give it image: or build:"},
	} {
		if strings.Contains(text, c.sign) {
			return fmt.Errorf("%w; %s", err, c.fix)
		}
	}
	return err
}
