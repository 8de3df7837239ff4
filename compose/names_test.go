package compose

import "testing"

func TestNamesThatDockerTakesOnceGetTheColor(t *testing.T) {
	p := mustLoad(t, services(
		"  web: {image: w, container_name: shopweb, hostname: www.example.com, labels: {bg.enable: 'true'}}",
		"  api: {image: a, hostname: api, labels: {bg.enable: 'true'}}"))
	m := green(t, p)
	for _, c := range []struct{ got, want string }{
		{m.Name, "shop-green"},
		{m.Services["web-green"].ContainerName, "shopweb-green"},
		{m.Services["web-green"].Hostname, "www-green.example.com"},
		{m.Services["api-green"].Hostname, "api-green"},
		{m.Services["api-green"].ContainerName, ""},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	wantNote(t, p, Info, "web", "container_name", "shopweb-COLOR")
	wantNote(t, p, Info, "web", "hostname", "www-COLOR.example.com")
}
