package stack

import (
	"cmp"
	"encoding/json"
	"maps"
	"strings"

	"bg/e2e/internal/testbed"
)

// compose returns the release as a Compose file, in the JSON that YAML includes.
func (r Release) compose(network string) ([]byte, error) {
	type object = map[string]any
	all := r.Services
	if len(all) == 0 {
		all = []Service{{Name: "web"}}
	}
	services := object{}
	for i, one := range all {
		if i == 0 {
			one.Host = cmp.Or(one.Host, r.Host)
		}
		service := object{
			"image":       cmp.Or(r.Image, testbed.SampleImage),
			"labels":      r.labels(one),
			"environment": r.env(one),
			"networks":    object{"bg": object{}},
			"deploy":      object{"replicas": cmp.Or(one.Replicas, r.Replicas, 1)},
			// Docker Engine before 25 knows no start_interval, so the interval
			// is what a start waits for. The timeout is long because a busy
			// machine is no sick app; a sick one answers at once.
			"healthcheck": object{
				"test": []string{"CMD", "/app", "health"}, "interval": "1s", "timeout": "10s", "retries": 2, "start_period": "1s",
			},
		}
		if r.Unchecked {
			service["healthcheck"] = object{"disable": true}
		}
		if one.Memory != "" {
			service["mem_limit"] = one.Memory
			service["memswap_limit"] = one.Memory
		}
		services[one.Name] = service
	}
	return json.MarshalIndent(object{
		"services": services,
		"networks": object{"bg": object{"external": true, "name": network}},
	}, "", "  ")
}

func (r Release) labels(one Service) map[string]string {
	labels := map[string]string{"bg.enable": "true"}
	if r.Manual {
		labels["bg.promote"] = "manual"
	}
	if one.Host != "" {
		labels["traefik.http.routers."+one.Name+".rule"] = "Host(`" + one.Host + "`)"
		labels["traefik.http.routers."+one.Name+".entrypoints"] = "web"
	}
	maps.Copy(labels, r.Labels)
	maps.Copy(labels, one.Labels)
	return literal(labels)
}

func (r Release) env(one Service) map[string]string {
	env := map[string]string{"BG_COLOR": r.Color, "VERSION": cmp.Or(r.Version, "v1")}
	maps.Copy(env, r.Env)
	maps.Copy(env, one.Env)
	return literal(env)
}

// literal keeps Compose from filling in variables.
func literal(m map[string]string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = strings.ReplaceAll(v, "$", "$$")
	}
	return out
}
