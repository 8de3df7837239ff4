package compose

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheFileIsFoundInAFolderAboveWithItsOverride(t *testing.T) {
	folder := write(t,
		"compose.yaml", services("  web: {image: 'w:$TAG', labels: {bg.enable: 'true'}}"),
		"compose.override.yaml", services("  web: {hostname: h}"),
		".env", "TAG=project\n",
		"sub/.env", "TAG=sub\n")
	t.Chdir("sub")
	p, err := Load(context.Background(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "shop" || p.App != "shop" || p.Services[0].Image != "w:sub" {
		t.Errorf("project %s, app %s, %+v", p.Name, p.App, p.Services)
	}
	want := []string{filepath.Join(folder, "compose.yaml"), filepath.Join(folder, "compose.override.yaml")}
	if diff := cmp.Diff(want, p.Files); diff != "" {
		t.Error(diff)
	}
	// What docker compose is told from now on gives the same from anywhere.
	t.Chdir(t.TempDir())
	again, err := Load(context.Background(), p.options)
	if err != nil {
		t.Fatal(err)
	}
	if again.Digest(nil) != p.Digest(nil) {
		t.Errorf("%v gives another project", p.options)
	}
}

func TestWhatTheUserTypesAndTheShellHasCounts(t *testing.T) {
	write(t,
		"a.yaml", "name: fromfile\n"+services("  web: {image: 'w:$A$B', labels: {bg.enable: 'true'}}", "  extra: {image: x, profiles: [more]}"),
		"b.yaml", services("  web: {hostname: h}"),
		"1.env", "A=1\nB=1\n", "2.env", "A=2\nB=2\n")
	t.Setenv("B", "shell")
	for _, c := range []struct {
		options Options
		env     [2]string
		want    []string // name, image of web, number of services
	}{
		{Options{Files: []string{"a.yaml"}, EnvFiles: []string{"1.env", "2.env"}}, [2]string{}, []string{"fromfile", "w:2shell", "1"}},
		{Options{Files: []string{"a.yaml", "b.yaml"}, Name: "typed", Profiles: []string{"more"}}, [2]string{}, []string{"typed", "w:shell", "2"}},
		{Options{Files: []string{"a.yaml"}}, [2]string{"COMPOSE_PROFILES", "more"}, []string{"fromfile", "w:shell", "2"}},
		{Options{Files: []string{"a.yaml"}}, [2]string{"COMPOSE_PROJECT_NAME", "env"}, []string{"env", "w:shell", "1"}},
		{Options{}, [2]string{"COMPOSE_FILE", "a.yaml:b.yaml"}, []string{"fromfile", "w:shell", "1"}},
		{Options{Files: []string{"a.yaml"}}, [2]string{"COMPOSE_ENV_FILES", "2.env,1.env"}, []string{"fromfile", "w:1shell", "1"}},
	} {
		t.Run("", func(t *testing.T) {
			if c.env[0] != "" {
				t.Setenv(c.env[0], c.env[1])
			}
			p, err := Load(context.Background(), c.options)
			if err != nil {
				t.Fatal(err)
			}
			s, _ := p.service("web")
			got := []string{p.Name, s.Image, string(rune('0' + len(p.Services)))}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestAVariableThatIsNotSetIsAWarning(t *testing.T) {
	p := mustLoad(t, services("  web: {image: 'w:${NOT_SET_ANYWHERE}x', labels: {bg.enable: 'true'}}"))
	wantNote(t, p, Warning, "", "file", "NOT_SET_ANYWHERE")
}

func TestWhatCannotBeReadIsNamedWithTheFix(t *testing.T) {
	for name, c := range map[string]struct {
		text    string
		options Options
		want    []string
	}{
		"no file":              {"", Options{Files: []string{"none.yaml"}}, []string{"none.yaml", "create it"}},
		"standard input":       {"", Options{Files: []string{"-"}}, []string{"standard input", "-f"}},
		"a folder":             {"", Options{Files: []string{"."}}, []string{"is a folder"}},
		"no environment file":  {services(web), Options{EnvFiles: []string{"none.env"}}, []string{"none.env"}},
		"a service's env_file": {services("  web: {image: w, env_file: none.env}"), Options{}, []string{"compose.yaml", "service web", "none.env", "required: false"}},
		"broken YAML":          {"services: [", Options{}, []string{"compose.yaml"}},
		"an unknown attribute": {services("  web: {image: w, portz: []}"), Options{}, []string{"compose.yaml", "services.web", "portz"}},
		"a lonely dollar":      {services("  web: {image: 'w${'}"), Options{}, []string{"services.web.image", "$$"}},
		"no such dependency":   {services("  web: {image: w, depends_on: [db]}"), Options{}, []string{"web", "db", "--profile"}},
		"no such volume":       {services("  web: {image: w, volumes: ['vol:/v']}"), Options{}, []string{"web", "volumes:"}},
		"no image":             {services("  web: {command: x}"), Options{}, []string{"web", "build:"}},
		// compose-go panics at it.
		"a pid without a value": {services("  web: {image: w, pid: }"), Options{}, []string{"docker compose config"}},
		"a bad name":            {services(web), Options{Name: "Shop!"}, []string{"Shop!", "-p"}},
	} {
		t.Run(name, func(t *testing.T) {
			write(t, "compose.yaml", c.text)
			_, err := Load(context.Background(), c.options)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in: %v", want, err)
				}
			}
		})
	}
}

func TestAFolderWithoutAFileSaysWhatBgLooksFor(t *testing.T) {
	write(t, "x", "")
	_, err := Load(context.Background(), Options{Dir: "/"})
	if err == nil || !strings.Contains(err.Error(), "compose.yaml") || !strings.Contains(err.Error(), "-f") {
		t.Error(err)
	}
}

func TestAFileOfSillySizeIsRefused(t *testing.T) {
	write(t, "compose.yaml", services(web))
	if err := os.Truncate("compose.yaml", maxFile+1); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(context.Background(), Options{}); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Error(err)
	}
}
