package e2e

import (
	"crypto/ecdsa"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"bg/controller/api"
	"bg/e2e/internal/stack"
)

func label(key, value string) change {
	return func(r *stack.Release) {
		if r.Labels == nil {
			r.Labels = map[string]string{}
		}
		r.Labels[key] = value
	}
}

func TestBadLabelsAreShownAndDisturbNobody(t *testing.T) {
	s := sharedStack(t)
	healthy := newApp(t, s)
	healthy.release(blue, "v1")
	x, _ := healthy.await("blue serves", serves(blue))
	was := x.Generation
	tr := healthy.load(rate)

	for _, c := range []struct {
		name, key, value string
		shown            []string // in the container's detail
	}{
		{"unknown", "bg.promot", "auto", []string{"bg.promot", `bg.promote`}},
		{"value", "bg.promote", "sometimes", []string{"bg.promote", "sometimes", "auto"}},
		{"template", "traefik.http.middlewares.x.headers.customrequestheaders.X-Home", `{{env "HOME"}}`, []string{"traefik.http.middlewares.x.headers.customrequestheaders.X-Home", "{{"}},
		{"rule", "traefik.http.routers.web.rule", "Host(`{{.}}`)", []string{"traefik.http.routers.web.rule", "{{"}},
		{"brackets", "bg.x]", "1", []string{"bg.x]"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := newApp(t, s)
			a.release(blue, "v1", label(c.key, c.value))
			container := a.container(blue, "web", 1)
			x, _ := a.await("the status shows it", func(x api.App) error {
				for _, m := range color(x, blue).Containers {
					if m.Condition == "invalid" {
						return nil
					}
				}
				return fmt.Errorf("blue: %+v", color(x, blue).Containers)
			})
			detail := color(x, blue).Containers[0].Detail
			for _, want := range append(c.shown, container) {
				if !strings.Contains(detail, want) {
					t.Errorf("the detail lacks %q: %s", want, detail)
				}
			}
			if x.Active != "" || x.Live {
				t.Errorf("it is routed: %+v", x)
			}
			if said := a.bg("status", a.name); !strings.Contains(said, container) || !strings.Contains(said, c.shown[0]) {
				t.Errorf("bg status says nothing of it:\n%s", said)
			}
			t.Log(detail)
		})
	}

	t.Run("a stray", func(t *testing.T) {
		a := newApp(t, s)
		a.release(blue, "v1", label("bg.app", "Not a name"))
		container := a.container(blue, "web", 1)
		err := s.Await(within(t, patience), "the status shows it", func(x api.Status) error {
			for _, stray := range x.Strays {
				if stray.Name == container && strings.Contains(stray.Reason, "bg.app") {
					t.Log(stray.Reason)
					return nil
				}
			}
			return fmt.Errorf("strays: %+v", x.Strays)
		})
		if err != nil {
			t.Error(err)
		}
	})

	t.Run("a bad candidate", func(t *testing.T) {
		healthy.release(green, "v2", label("bg.promot", "auto"))
		healthy.await("green is shown as invalid", func(x api.App) error {
			if c := color(x, green).Containers; len(c) != 1 || c[0].Condition != "invalid" {
				return fmt.Errorf("green: %+v", c)
			}
			return nil
		})
		healthy.holds(3*time.Second, "blue serves", serves(blue))
	})

	x, _ = healthy.await("blue serves", serves(blue))
	if x.Generation != was {
		t.Errorf("the healthy app's routing changed from generation %d to %d", was, x.Generation)
	}
	tr.only(tr.more(rate/4), blue)
	tr.lossless()
}

// Traefik refuses a whole file for one option that it does not know, so the
// release with it has to be taken back for the others' sake.
func TestAReleaseThatTraefikRefusesIsTakenBack(t *testing.T) {
	s := ownStack(t)
	other, bad := newApp(t, s), newApp(t, s)
	other.release(blue, "v1")
	bad.release(blue, "v1")
	other.await("blue serves", serves(blue))
	bad.await("blue serves", serves(blue))
	before := calm(t, s)
	load := other.load(rate)
	tr := bad.load(rate)

	start := time.Now()
	bad.release(green, "v2", label("traefik.http.middlewares.x.headers.nosuchoption", "1"),
		label("traefik.http.routers.web.middlewares", "x"))
	x, _ := bad.await("green is taken back", func(x api.App) error {
		if role := color(x, green).Role; role != "demoted" {
			return fmt.Errorf("green is %q, generation %d, live %v: %s", role, x.Generation, x.Live, x.Note)
		}
		return serves(blue)(x)
	})
	t.Logf("taken back %s after the release began: %s", time.Since(start).Round(100*time.Millisecond), color(x, green).Cause)
	tr.only(tr.more(rate/2), blue)
	if e := bad.last("abort"); e.Actor != "bg" || e.Blue != 100 || !strings.Contains(e.Cause, "not taken over") {
		t.Errorf("history: %+v", e)
	}
	after := calm(t, s)
	if after.Generation <= before.Generation {
		t.Errorf("generation %d after %d", after.Generation, before.Generation)
	}

	other.release(green, "v2")
	_, live := other.await("green of the other app serves", serves(green))
	load.only(load.after(live, rate/2), green)
	bad.release(green, "v3")
	bad.await("a mended release serves", serves(green))
	load.lossless()
	tr.lossless()
}

func TestTheDefaultCertificateIsECDSA(t *testing.T) {
	s := sharedStack(t)
	conn, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.HTTPSPort), &tls.Config{
		ServerName: "any.test", InsecureSkipVerify: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	certificate := conn.ConnectionState().PeerCertificates[0]
	if _, ok := certificate.PublicKey.(*ecdsa.PublicKey); !ok {
		t.Errorf("the key is a %T of %s", certificate.PublicKey, certificate.Subject)
	}
	t.Logf("%s, %s", certificate.PublicKeyAlgorithm, certificate.Subject)
}

func TestTheDockerPluginReachesTheController(t *testing.T) {
	s := sharedStack(t)
	a := newApp(t, s)
	a.release(blue, "v1")
	a.await("blue serves", serves(blue))

	// A Docker configuration of our own that holds what the testbed's does.
	config := t.TempDir()
	entries, err := os.ReadDir(bed.DockerConfig)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "cli-plugins" {
			if err := os.Symlink(filepath.Join(bed.DockerConfig, e.Name()), filepath.Join(config, e.Name())); err != nil {
				t.Fatal(err)
			}
		}
	}
	plugin := filepath.Join(config, "cli-plugins", "docker-bg")
	binary, err := os.ReadFile(bed.BG)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(plugin), 0o755)
	}
	if err == nil {
		err = os.WriteFile(plugin, binary, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := bed.Docker(within(t, patience), "bg", "status", a.name)
	cmd.Env = append(cmd.Env, "DOCKER_CONFIG="+config, "BG_CONTROLLER="+s.Controller)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), a.name) || !strings.Contains(string(out), "blue") {
		t.Errorf("docker bg status: %v\n%s", err, out)
	}
	t.Logf("docker bg status:\n%s", out)

	said := a.bg("status", "-o", "json")
	if !strings.Contains(said, `"`+a.name+`"`) {
		t.Errorf("bg status -o json lacks the app:\n%s", said)
	}
	a.bgFails(5, "--host", "unix:///no/such/socket", "status")
	var lines []string
	for line := range strings.Lines(a.bg("history", a.name)) {
		lines = append(lines, line)
	}
	if !slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, "promote") && strings.Contains(line, "bg") }) {
		t.Errorf("bg history lacks the promotion:\n%s", strings.Join(lines, ""))
	}
}
