package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"bg/controller/api"
)

// onlyApp returns the app that the arguments name or, without a name, the
// one that the Compose file in the working folder is of, if the controller
// knows it, or the only one that there is.
func onlyApp(ctx context.Context, client *api.Client, name string) (string, error) {
	if name != "" {
		if !api.ValidApp(name) {
			return "", usagef("%q is no app name: those are of a-z, 0-9 and -, 63 at most", name)
		}
		return name, nil
	}
	st, err := client.Status(ctx, 0, 0)
	if err != nil {
		return "", err
	}
	switch len(st.Apps) {
	case 0:
		return "", errors.New("there are no apps yet: label a service bg.enable=true and start it")
	case 1:
		return st.Apps[0].Name, nil
	}
	var known []string
	for _, a := range st.Apps {
		known = append(known, a.Name)
	}
	if here := appHere(ctx); slices.Contains(known, here) {
		return here, nil
	}
	return "", usagef("which app? There are %s.", strings.Join(known, ", "))
}
