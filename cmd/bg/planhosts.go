package main

import (
	"encoding/json"
	"fmt"

	"bg/compose"
	"bg/controller/api"
	"bg/labels"
)

// taken warns of each host that the project asks for and another app's routers
// have. The controller decides, by who had it first and by its policy file; of
// rules for many hosts, where priorities count too, it alone tells.
func (p *plan) taken(project *compose.Project, status *api.Status) {
	if status == nil {
		return
	}
	owners := map[string]string{} // of single hosts
	for _, a := range status.Apps {
		if a.Name == p.App {
			continue
		}
		for _, rule := range a.Rules {
			options, err := json.Marshal(map[string]string{"rule": rule})
			if err != nil {
				continue // a string always encodes
			}
			for _, c := range labels.Claims(a.Name, labels.HTTP{Routers: []labels.Router{{Options: string(options)}}}) {
				owners[c.Name] = a.Name
			}
		}
	}
	for _, s := range project.Services {
		if s.Kind != compose.Colored {
			continue
		}
		for _, c := range s.Spec.HTTP.Claims {
			if owner := owners[c.Name]; owner != "" && !c.Wide() {
				p.Notes = append(p.Notes, planNote{
					Severity: compose.Warning, Service: s.Name, Subject: "host " + c.Name,
					Text: fmt.Sprintf("app %s has it: the release is refused unless the controller's policy file lets both have it", owner),
				})
			}
		}
	}
}
