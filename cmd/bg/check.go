package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"bg/controller/api"
)

// finding is one line of "bg check".
type finding struct {
	Check string `json:"check"` // "docker", "compose", "controller", …
	Level string `json:"level"` // "ok", "warning" or "error"
	Text  string `json:"text"`  // what was found and, unless it is ok, the fix
}

func (p *program) checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "check the set-up and say how to mend it",
		UsageText: p.words("$bg check [options]"),
		Description: p.words(`Looks at the Compose file in this folder, Docker, Compose, the controller,
Traefik, the labels and the disk. The exit code is 1 if something keeps releases
from working.

Examples:
   $bg check
   $bg check -f compose.yaml -f prod.yaml
   $bg check -o json`),
		Flags: append(projectFlags(), networkFlag(), outputFlag()),
		Action: func(c *cli.Context) error {
			if err := noArgs(c); err != nil {
				return err
			}
			asJSON, err := wantsJSON(c)
			if err != nil {
				return err
			}
			findings := p.check(c)
			if c.Context.Err() != nil {
				return c.Context.Err()
			}
			if asJSON {
				if err := p.printJSON(findings); err != nil {
					return err
				}
			} else {
				p.printFindings(findings)
			}
			for _, f := range findings {
				if f.Level == "error" {
					return &exitError{code: exitFailed}
				}
			}
			return nil
		},
	}
}

func (p *program) check(c *cli.Context) []finding {
	// With --host the local Docker is not what bg works through.
	level := "error"
	if c.String("host") != "" {
		level = "warning"
	}
	findings := append(checkFile(c), checkDocker(c.Context, p.docker(), level, c.String("network"))...)
	findings = append(findings, checkGates(c.Context, p.docker(), level)...)
	client, way, err := p.connect(c)
	if err != nil {
		return append(findings, finding{"controller", "error", err.Error()})
	}
	defer client.Close()
	st, err := client.Status(c.Context, 0, 0)
	if err != nil {
		return append(findings, finding{"controller", "error", err.Error()})
	}
	findings = append(findings, finding{"controller", "ok", "answers at " + way.where}, checkVersion(st.Version, version()))
	return append(findings, checkStatus(st)...)
}

func checkVersion(controller, own string) finding {
	if controller == own {
		return finding{"version", "ok", own + ", here and in the controller"}
	}
	return finding{"version", "warning", fmt.Sprintf("this program is %s and the controller %s: use the same version of both", own, orElse(controller, "unknown"))}
}

// checkStatus turns what the controller knows into findings.
func checkStatus(st api.Status) []finding {
	var findings []finding
	traefik := true
	for _, problem := range st.Problems {
		traefik = traefik && problem.Subject != "traefik"
		level := "warning"
		if problem.Severity == "error" {
			level = "error"
		}
		findings = append(findings, finding{problem.Subject, level, problem.Text})
	}
	if traefik {
		text := fmt.Sprintf("serves generation %d", st.Confirmed)
		if st.Confirmed < st.Generation {
			findings = append(findings, finding{"traefik", "warning", fmt.Sprintf("%s; %d is not live yet", text, st.Generation)})
		} else {
			findings = append(findings, finding{"traefik", "ok", text})
		}
	}
	for _, s := range st.Strays {
		findings = append(findings, finding{"labels", "warning", "container " + s.Name + " is left out: " + s.Reason})
	}
	if len(st.Strays) == 0 {
		findings = append(findings, finding{"labels", "ok", fmt.Sprintf("%d apps, and every labeled container belongs to one", len(st.Apps))})
	}
	return findings
}

func (p *program) printFindings(findings []finding) {
	s, width := p.style(), p.width()
	for _, f := range findings {
		const indent = "               "
		fmt.Fprintf(p.out, "%s %s %s\n", s.level(f.Level), s.bold(fmt.Sprintf("%-12s", oneLine(f.Check))), wrap(f.Text, indent, width))
	}
}
