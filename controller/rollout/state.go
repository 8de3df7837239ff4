package rollout

import (
	"time"

	"bg/labels"
)

// State is all that survives a restart. It is a value: Decide returns a new
// one and never changes what it was given; apps that did not change keep
// their pointer, which is how the owner knows what to save.
type State struct {
	Generation uint64          // of the routing that shall be live
	Confirmed  uint64          // highest generation that the proxy was seen to serve
	Apps       map[string]*App // by name
}

// App is the standing of one app. Immutable once it is in a State.
type App struct {
	Name       string
	Active     labels.Color // "" until the first color is ready
	Weight     int          // percent of users that get the color that is not active
	Held       bool         // an operator set the weight: automation waits
	Generation uint64       // with which Route came
	Route      *Route       // nil until the first color is ready
	Blue       Side
	Green      Side
	// Undo is the standing of which the proxy is known to serve the routing,
	// while the change away from it is not confirmed; else nil.
	Undo *Undo      `json:",omitempty"`
	Gone *time.Time `json:",omitempty"` // since when no container of it exists

	Run    *Run   `json:",omitempty"` // the release under way, or the one that ended last
	Lock   *Lock  `json:",omitempty"`
	Serial uint64 `json:",omitempty"` // of the newest release
	// Holder is the color whose exclusive services may run; "" means the
	// active one's. With Reclaim they are on their way back to it, for as long
	// as Returning tells.
	Holder    labels.Color `json:",omitempty"`
	Reclaim   bool         `json:",omitempty"`
	Returning Observed
	// Claims is what of the proxy belongs to the app, sorted by name.
	Claims []Claim `json:",omitempty"`
}

// Undo is what an app goes back to if the proxy refuses its new routing.
type Undo struct {
	Active     labels.Color
	Weight     int
	Generation uint64 // with which the latest change of the standing came
}

// without returns u for when the containers of color c have made way for
// others: what these were given is not theirs.
func (u *Undo) without(c labels.Color) *Undo {
	switch {
	case u == nil || u.Active == c:
		return nil
	case u.Weight == 0:
		return u
	}
	return &Undo{Active: u.Active, Generation: u.Generation}
}

// Side is the standing of one color of an app.
type Side struct {
	Role Role
	// Release holds the IDs of the containers that Role was decided for,
	// sorted. Once a service has none of them left but new ones, a new
	// release has come and the color may become active again. The active
	// color's grows with what joins it, and is replaced as a whole.
	Release []string  `json:",omitempty"`
	Seen    []string  `json:",omitempty"` // IDs of its containers at the last look, sorted
	Since   time.Time // since when Seen is what it is
	// Services are the Compose services that were ready together when the
	// color got ready: those that it must keep up to stay able to serve.
	Services []string `json:",omitempty"`
	Cause    string   `json:",omitempty"` // why it has this Role
	At       time.Time
	ID       string `json:",omitempty"` // of the release that its containers belong to
	Digest   string `json:",omitempty"` // of the same
	Denied   string `json:",omitempty"` // what its labels ask for that is another app's, as people were told
	Outdated bool   `json:",omitempty"` // a later release's contract hook was started: its database is gone
	Alarm    string `json:",omitempty"` // what people were told of it that only they can mend
	// Busy is set while it has users, and until it has had none for bg.drain
	// in a routing that was confirmed. Quiet is how much of that is over.
	Busy  bool `json:",omitempty"`
	Quiet Observed
}

// Role is the part that a color plays in its app.
type Role string

// The roles. A color without any container that ever mattered has none ("").
const (
	Candidate Role = "candidate" // a new release: may become active
	Active    Role = "active"    // the color that users get
	Standby   Role = "standby"   // the former active color, warm
	Demoted   Role = "demoted"   // traffic was taken away for cause or by an operator; latched
	Retired   Role = "retired"   // stopped, or about to be: nothing is sent to it any more
)

// side returns the color's part.
func (a *App) side(c labels.Color) *Side {
	if c == labels.Blue {
		return &a.Blue
	}
	return &a.Green
}

// Side returns a copy of the color's part.
func (a *App) Side(c labels.Color) Side { return *a.side(c) }

// Share returns the percent of users that get color c: 0 to 100.
func (a *App) Share(c labels.Color) int {
	switch {
	case a.Active == "":
		return 0
	case c == a.Active:
		return 100 - a.Weight
	}
	return a.Weight
}
