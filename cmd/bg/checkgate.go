package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// maxControllers is how many containers are looked at for their set-up.
const maxControllers = 20

// settings asks Docker for the names of a container's environment variables
// that are not empty, and of its options. Values are left out: they are no
// business of a check, and may be secret.
const settings = `{{range .Config.Env}}{{$v := split . "="}}{{if gt (len $v) 1}}{{if index $v 1}}{{index $v 0}} {{end}}{{end}}{{end}}` +
	`{{range .Args}}{{index (split . "=") 0}} {{end}}`

// checkGates looks whether a controller in a container is told to serve the
// API over TCP without all that needs. It refuses to start then, so those that
// do not run are looked at as well.
func checkGates(ctx context.Context, d docker, level string) []finding {
	out, err := d.output(ctx, "ps", "--all", "--no-trunc", "--filter", "label=bg.controller=true", "--format", "{{.ID}} {{.Names}}")
	if err != nil {
		return nil // checkDocker says why
	}
	var findings []finding
	n := 0
	for line := range strings.Lines(out) {
		id, name, ok := strings.Cut(strings.TrimSpace(line), " ")
		if n++; !ok || n > maxControllers {
			continue
		}
		said, err := d.output(ctx, "inspect", "--type", "container", "--format", settings, "--", id)
		if err != nil {
			continue // it is gone
		}
		if f, on := checkGate(name, strings.Fields(said), level); on {
			findings = append(findings, f)
		}
	}
	return findings
}

// checkGate judges one controller by the names of its settings; on is false
// if it serves no API over TCP.
func checkGate(container string, set []string, level string) (f finding, on bool) {
	has := func(variable, option string) bool {
		return slices.Contains(set, variable) || slices.Contains(set, option)
	}
	if !has("BG_LISTEN", "--listen") {
		return finding{}, false
	}
	var missing []string
	for _, part := range [][2]string{{"BG_TLS_CERT", "--tls-cert"}, {"BG_TLS_KEY", "--tls-key"}, {"BG_TOKEN_FILE", "--token-file"}} {
		if !has(part[0], part[1]) {
			missing = append(missing, part[0])
		}
	}
	if len(missing) > 0 {
		return finding{"tcp", level, fmt.Sprintf("container %s has BG_LISTEN without %s, and refuses to start: set that too ('bg token NAME' makes a token), or take BG_LISTEN away", container, list(missing))}, true
	}
	return finding{"tcp", "ok", "container " + container + " serves the API over TCP, with TLS and tokens"}, true
}
