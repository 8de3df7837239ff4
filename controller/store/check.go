package store

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"unicode"

	"bg/controller/rollout"
	"bg/labels"
)

// Bounds of what a state may hold: far above what anybody has, low enough
// that a forged file can't fill the memory.
const (
	maxList = 10_000    // containers, servers, routers of an app
	maxText = 4 << 10   // bytes of a name, an ID or a cause
	maxJSON = 256 << 10 // bytes of one object of options
)

var appName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// checkState reports the first thing about the apps that no decision can
// have led to.
func checkState(s rollout.State, apps map[string]*rollout.App) error {
	if s.Confirmed > s.Generation {
		return fmt.Errorf("generation %d is confirmed, but only %d were made", s.Confirmed, s.Generation)
	}
	for name, app := range apps {
		if !appName.MatchString(name) {
			return fmt.Errorf("%.80q is no app name", name)
		}
		if app == nil || app.Name != name {
			return fmt.Errorf("app %s has no or another name", name)
		}
		if app.Generation > s.Generation {
			return fmt.Errorf("app %s has generation %d, but only %d were made", name, app.Generation, s.Generation)
		}
		if err := checkApp(app); err != nil {
			return fmt.Errorf("app %s: %w", name, err)
		}
	}
	return nil
}

func checkApp(a *rollout.App) error {
	if err := checkStanding(a.Active, a.Weight); err != nil {
		return err
	}
	if a.Undo != nil {
		if err := checkStanding(a.Undo.Active, a.Undo.Weight); err != nil {
			return fmt.Errorf("undo: %w", err)
		}
	}
	if len(a.Claims) > maxList {
		return fmt.Errorf("%d claims", len(a.Claims))
	}
	for _, c := range a.Claims {
		if err := checkTexts(c.Name); err != nil {
			return fmt.Errorf("claims: %w", err)
		}
	}
	for _, c := range labels.Colors {
		if err := checkSide(a.Side(c)); err != nil {
			return fmt.Errorf("%s: %w", c, err)
		}
	}
	if err := checkStanding(a.Holder, 0); err != nil {
		return fmt.Errorf("holder: %w", err)
	}
	if err := checkRun(a.Run); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	if a.Lock != nil {
		if err := checkTexts(a.Lock.By, a.Lock.Message); err != nil {
			return fmt.Errorf("lock: %w", err)
		}
	}
	if a.Route == nil {
		return nil
	}
	if err := checkRoute(a.Route, a.Name); err != nil {
		return fmt.Errorf("route: %w", err)
	}
	return nil
}

func checkStanding(active labels.Color, weight int) error {
	if active != "" && !active.Valid() {
		return fmt.Errorf("%.20q is no color", active)
	}
	if weight < 0 || weight > 100 {
		return fmt.Errorf("weight %d is not within 0 to 100", weight)
	}
	return nil
}

func checkRun(r *rollout.Run) error {
	if r == nil {
		return nil
	}
	switch r.Outcome {
	case "", rollout.Done, rollout.Failed, rollout.TimedOut, rollout.TakenBack, rollout.Superseded:
	default:
		return fmt.Errorf("%.20q is no outcome", r.Outcome)
	}
	if !r.Step.Valid() {
		return fmt.Errorf("%.20q is no step", r.Step)
	}
	if !r.Color.Valid() {
		return fmt.Errorf("%.20q is no color", r.Color)
	}
	return checkTexts(r.ID, r.Digest, r.By, r.Message, r.Cause, r.Hook)
}

func checkSide(s rollout.Side) error {
	switch s.Role {
	case "", rollout.Candidate, rollout.Active, rollout.Standby, rollout.Demoted, rollout.Retired:
	default:
		return fmt.Errorf("%.20q is no role", s.Role)
	}
	for _, list := range [][]string{s.Release, s.Seen, s.Services} {
		if len(list) > maxList {
			return fmt.Errorf("a list of %d entries", len(list))
		}
		if err := checkTexts(list...); err != nil {
			return err
		}
	}
	if len(s.Cause) > maxText {
		return fmt.Errorf("a cause of %d bytes", len(s.Cause))
	}
	return checkTexts(s.Denied, s.ID, s.Digest)
}

func checkRoute(r *rollout.Route, app string) error {
	if r.App != app {
		return fmt.Errorf("it is of %.63q", r.App)
	}
	if r.Source != "" && !r.Source.Valid() {
		return fmt.Errorf("%.20q is no color", r.Source)
	}
	if len(r.Routers)+len(r.Middlewares)+len(r.Services)+len(r.Claims) > maxList {
		return fmt.Errorf("more than %d parts", maxList)
	}
	for _, c := range r.Claims {
		if err := checkTexts(c.Name); err != nil {
			return fmt.Errorf("claims: %w", err)
		}
	}
	for _, x := range r.Routers {
		if err := checkObject(x.Name, x.Options, x.Service); err != nil {
			return fmt.Errorf("router %.80q: %w", x.Name, err)
		}
	}
	for _, x := range r.Middlewares {
		if err := checkObject(x.Name, x.Options); err != nil {
			return fmt.Errorf("middleware %.80q: %w", x.Name, err)
		}
	}
	for _, x := range r.Services {
		if err := checkService(x); err != nil {
			return fmt.Errorf("service %.80q: %w", x.Name, err)
		}
	}
	return nil
}

func checkService(s rollout.Service) error {
	if err := checkTexts(s.Name, s.Sticky); err != nil {
		return err
	}
	if len(s.Backends) > len(labels.Colors) {
		return fmt.Errorf("%d backends", len(s.Backends))
	}
	seen := make(map[labels.Color]bool)
	for _, b := range s.Backends {
		if !b.Color.Valid() || seen[b.Color] {
			return fmt.Errorf("a backend of color %.20q", b.Color)
		}
		seen[b.Color] = true
		if b.Weight < 0 || b.Weight > 100 {
			return fmt.Errorf("%s: weight %d is not within 0 to 100", b.Color, b.Weight)
		}
		o := b.Options
		if o.Port < 0 || o.Port > 65535 {
			return fmt.Errorf("%s: %d is no port", b.Color, o.Port)
		}
		for _, options := range []string{o.Options, o.Server} {
			if err := checkObject(o.Name, options, o.Scheme); err != nil {
				return fmt.Errorf("%s: %w", b.Color, err)
			}
		}
		if err := checkTexts(b.Preview.Header, b.Preview.Host); err != nil {
			return fmt.Errorf("%s: preview: %w", b.Color, err)
		}
		if len(b.Servers) > maxList {
			return fmt.Errorf("%s: %d servers", b.Color, len(b.Servers))
		}
		for _, v := range b.Servers {
			if _, err := netip.ParseAddr(v.Address); err != nil {
				return fmt.Errorf("%s: %.60q is no address", b.Color, v.Address)
			}
			if err := checkTexts(v.Container); err != nil {
				return fmt.Errorf("%s: %w", b.Color, err)
			}
		}
	}
	return nil
}

// checkObject checks a named JSON object; "" stands for the empty one.
func checkObject(name, options string, texts ...string) error {
	if err := checkTexts(append(texts, name)...); err != nil {
		return err
	}
	if options == "" {
		return nil
	}
	if len(options) > maxJSON {
		return fmt.Errorf("%d bytes of options", len(options))
	}
	if options[0] != '{' || !json.Valid([]byte(options)) {
		return fmt.Errorf("its options are no JSON object")
	}
	return nil
}

// checkTexts refuses what is long or holds control characters.
func checkTexts(texts ...string) error {
	for _, t := range texts {
		if len(t) > maxText {
			return fmt.Errorf("a text of %d bytes", len(t))
		}
		if strings.ContainsFunc(t, unicode.IsControl) {
			return fmt.Errorf("%.80q holds a control character", t)
		}
	}
	return nil
}
