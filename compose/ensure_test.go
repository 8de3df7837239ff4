package compose

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVolumesAreCreatedAsDockerComposeWould(t *testing.T) {
	p := mustLoad(t, mounted)
	f, c := newFake(t,
		reply{Match: "volume inspect shop_data", Err: "Error: No such volume: shop_data\n", Code: 1},
		reply{Match: "volume inspect shop_queue", Err: "Error response from daemon: get shop_queue: no such volume\n", Code: 1})
	if err := c.EnsureVolumes(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"volume inspect shop_data",
		"volume create --driver local --opt type=tmpfs --label a=b --label com.docker.compose.project=shop --label com.docker.compose.volume=data shop_data",
		"volume inspect real-logs",
		"volume inspect shop_queue",
		"volume create --label com.docker.compose.project=shop --label com.docker.compose.volume=queue shop_queue",
	}
	if diff := cmp.Diff(want, f.calls()); diff != "" {
		t.Error(diff)
	}
	_, c = newFake(t, reply{Match: "inspect", Err: "Cannot connect\n", Code: 1})
	if err := c.EnsureVolumes(t.Context(), p); err == nil || !strings.Contains(err.Error(), "shop_data") {
		t.Error(err)
	}
}

func TestNetworksAreCreatedAsDockerComposeWould(t *testing.T) {
	p := mustLoad(t, services("  web: {image: w, networks: [back, corp, own], labels: {bg.enable: 'true'}}",
		"  db: {image: d, networks: [back, unused]}")+`
networks:
  back: {driver: bridge, internal: true, attachable: true, enable_ipv6: true, labels: {l: m}, driver_opts: {o: p}, ipam: {config: [{subnet: 10.9.0.0/24, gateway: 10.9.0.1, ip_range: 10.9.0.0/25, aux_addresses: {h: 10.9.0.9}}]}}
  corp: {external: true}
  own:
  unused:
`)
	f, c := newFake(t, reply{Match: "network inspect", Err: "Error: No such network: shop_back\n", Code: 1})
	if err := c.ensureNetworks(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"network inspect shop_back",
		"network create --driver bridge --opt o=p --label com.docker.compose.network=back --label com.docker.compose.project=shop --label l=m " +
			"--internal --attachable --ipv6 --subnet 10.9.0.0/24 --ip-range 10.9.0.0/25 --gateway 10.9.0.1 --aux-address h=10.9.0.9 shop_back",
	}
	if diff := cmp.Diff(want, f.calls()); diff != "" {
		t.Error(diff)
	}
}
