package rollout_test

import (
	"bytes"
	"errors"

	"bg/controller/rollout"
	"bg/controller/traefik"
)

func init() {
	rollout.Render = func(r *rollout.Routing) ([]byte, error) {
		var errs []error
		for _, route := range r.Routes {
			errs = append(errs, traefik.CheckRoute(route))
		}
		text, err := traefik.Render(r, nil)
		_, body, _ := bytes.Cut(text, []byte("\n")) // behind a comment
		return body, errors.Join(append(errs, err)...)
	}
}
