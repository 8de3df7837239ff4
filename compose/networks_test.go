package compose

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bg/labels"
)

// aliases returns the networks of a service by their real names, with the
// aliases on each.
func aliases(t *testing.T, p *Project, service string) map[string][]string {
	t.Helper()
	m := green(t, p)
	got := map[string][]string{}
	for key, n := range m.Services[service].Networks {
		name := m.Networks[key].Name
		got[name] = nil
		if n != nil {
			got[name] = n.Aliases
		}
		if external := bool(m.Networks[key].External); external == (name == "0-shop-green") {
			t.Errorf("network %s: external is %t", name, external)
		}
	}
	return got
}

func TestPlainNamesAreAliasesOnThePrivateNetworkAlone(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want map[string][]string
	}{
		"nothing shared": {
			services(web),
			map[string][]string{"0-shop-green": {"web"}},
		},
		"the default network is shared": {
			services(web, db),
			map[string][]string{"0-shop-green": {"web"}, "shop_default": nil},
		},
		"own aliases and a container's name": {
			services("  web: {image: w, container_name: cc, labels: {bg.enable: 'true'}, networks: {back: {aliases: [www]}, front: {aliases: [f]}}}",
				"  db: {image: d, networks: [back]}") + "networks: {back: , front: }",
			map[string][]string{"0-shop-green": {"cc", "f", "web", "www"}, "shop_back": nil},
		},
		"external and renamed": {
			services("  web: {image: w, labels: {bg.enable: 'true'}, networks: [corp, named]}",
				"  db: {image: d, networks: [named]}") + "networks: {corp: {external: true, name: corp-net}, named: {name: real}}",
			map[string][]string{"0-shop-green": {"web"}, "corp-net": nil, "real": nil},
		},
		"an external default": {
			services(web) + "networks: {default: {external: true, name: corp}}",
			map[string][]string{"0-shop-green": {"web"}, "corp": nil},
		},
		"routed": {
			services("  web: {image: w, labels: {bg.enable: 'true', bg.port: '80'}}"),
			map[string][]string{"0-shop-green": {"web"}, "bg": nil},
		},
		"routed and on the proxy's network already": {
			services("  web: {image: w, networks: [edge], labels: {bg.enable: 'true', bg.port: '80'}}") + "networks: {edge: {external: true, name: bg}}",
			map[string][]string{"0-shop-green": {"web"}, "bg": nil},
		},
		"routed on a network of its own": {
			services("  web: {image: w, networks: [edge], labels: {bg.enable: 'true', bg.port: '80', traefik.docker.network: outer}}") + "networks: {edge: {external: true, name: outer}}",
			map[string][]string{"0-shop-green": {"web"}, "outer": nil},
		},
		"a network called proxy": {
			services("  web: {image: w, networks: [proxy], labels: {bg.enable: 'true', bg.port: '80'}}", "  db: {image: d, networks: [proxy]}") + "networks: {proxy: }",
			map[string][]string{"0-shop-green": {"web"}, "shop_proxy": nil, "bg": nil},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, aliases(t, mustLoad(t, c.text), "web-green")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheProxysNetworkIsForRoutedServicesOnly(t *testing.T) {
	p := mustLoad(t, services("  web: {image: w, labels: {bg.enable: 'true', bg.port: '80'}}", api,
		"  smoke: {image: s, expose: ['80'], labels: {bg.hook: smoke, bg.port: '80'}}"))
	for _, service := range []string{"api-green", "smoke-green"} {
		if _, on := aliases(t, p, service)["bg"]; on {
			t.Errorf("%s is on it", service)
		}
	}
	if m := reload(t, p, Target{Color: labels.Green}); len(m.Networks) != 1 {
		t.Errorf("without a proxy: %v", m.Networks)
	}
}

func TestFixedAddressesAreForExclusiveServices(t *testing.T) {
	const networks = "networks: {back: {ipam: {config: [{subnet: 10.9.0.0/24}]}}}"
	text := func(handover string) string {
		return services("  web: {image: w, networks: {back: {ipv4_address: 10.9.0.5}}, labels: {bg.enable: 'true', bg.handover: "+handover+"}}",
			"  db: {image: d, networks: [back]}") + networks
	}
	p := mustLoad(t, text("overlap"))
	if got := green(t, p).Services["web-green"].Networks["back"].Ipv4Address; got != "" {
		t.Errorf("kept %s", got)
	}
	wantNote(t, p, Warning, "web", "networks", "bg.handover=exclusive")
	p = mustLoad(t, text("exclusive"))
	if got := green(t, p).Services["web-green"].Networks["back"].Ipv4Address; got != "10.9.0.5" {
		t.Errorf("got %q", got)
	}
}

func TestANetworkOfColoredServicesGivesWayToThePrivateOne(t *testing.T) {
	p := mustLoad(t, services("  web: {image: w, networks: [mid], labels: {bg.enable: 'true', traefik.docker.network: shop_mid}}")+
		"networks: {mid: {driver_opts: {mtu: '1400', com.docker.network.bridge.name: br0}, ipam: {config: [{subnet: 10.9.0.0/24}]}}}")
	n := green(t, p).Networks["default"]
	if diff := cmp.Diff(map[string]string{"mtu": "1400"}, map[string]string(n.DriverOpts)); diff != "" || len(n.Ipam.Config) > 0 {
		t.Errorf("%+v\n%s", n, diff)
	}
	wantNote(t, p, Info, "web", "networks", "network mid is replaced")
	wantNote(t, p, Info, "", "networks", "ipam")
	wantNote(t, p, Error, "web", "labels", "traefik.docker.network=shop_mid")
}

func TestThePrivateNetworkLetsNobodyOutWhoCouldNotGo(t *testing.T) {
	const nets = "networks: {in: {internal: true}, out: }"
	on := func(name, networks string) string {
		return "  " + name + ": {image: i, networks: [" + networks + "], labels: {bg.enable: 'true'}}"
	}
	for _, c := range []struct {
		lines    []string
		internal bool
		warned   bool
	}{
		{[]string{on("web", "in")}, true, false},
		{[]string{on("web", "out")}, false, false},
		{[]string{on("web", "in, out"), on("api", "in")}, false, true},
		{[]string{on("web", "out"), on("api", "in"), "  db: {image: d, networks: [in, out]}"}, true, false},
	} {
		p := mustLoad(t, services(c.lines...)+nets)
		if got := green(t, p).Networks["default"].Internal; got != c.internal {
			t.Errorf("%v: internal is %t", c.lines, got)
		}
		warned := slices.ContainsFunc(p.Notes, func(n Note) bool { return n.Severity == Warning && n.Subject == "networks" })
		if warned != c.warned {
			t.Errorf("%v: %v", c.lines, p.Notes)
		}
	}
}

func TestAServiceWithoutNetworksOfItsOwnStaysSo(t *testing.T) {
	p := mustLoad(t, services("  web: {image: w, network_mode: host, labels: {bg.enable: 'true', 'traefik.http.routers.w.rule': 'Path(`/`)', bg.port: '80'}}",
		"  api: {image: a, network_mode: none, labels: {bg.enable: 'true'}}"))
	m := green(t, p)
	if len(m.Networks) > 0 || m.Services["web-green"].NetworkMode != "host" || m.Services["api-green"].NetworkMode != "none" {
		t.Errorf("%+v", m)
	}
	wantNote(t, p, Error, "web", "network_mode", "remove network_mode")
	wantNote(t, p, Warning, "web", "network_mode", "bg.handover=exclusive")
	wantNoNote(t, p, "api", "network_mode")
}
