package api

import (
	"time"

	"bg/controller/judge"
)

// Status is the whole picture that the controller shows: GET /v1/status.
type Status struct {
	Version    string    `json:"version"`    // of the controller
	Revision   uint64    `json:"revision"`   // rises with every change of this picture
	Generation uint64    `json:"generation"` // of the routing that shall be live
	Confirmed  uint64    `json:"confirmed"`  // highest generation that Traefik was seen to serve
	Time       time.Time `json:"time"`
	Problems   []Problem `json:"problems"` // of the set-up, worst first
	Apps       []App     `json:"apps"`     // sorted by name
	Strays     []Stray   `json:"strays"`   // labeled containers that belong to no app, for bad labels
}

// Problem is something wrong with the set-up that a person should mend.
type Problem struct {
	Severity string `json:"severity"` // "error": releases do not work; "warning": they work worse
	Subject  string `json:"subject"`  // "docker", "traefik", "state", …
	Text     string `json:"text"`     // what is wrong and the fix
}

// App is one app.
type App struct {
	Name       string    `json:"name"`
	Phase      string    `json:"phase"`              // see Phases
	Active     string    `json:"active"`             // "blue", "green" or ""
	Generation uint64    `json:"generation"`         // with which its routing last changed
	Live       bool      `json:"live"`               // that generation is confirmed
	Rules      []string  `json:"rules"`              // of its routers, such as Host(`shop.example`)
	Preview    string    `json:"preview,omitempty"`  // who reaches the candidate before it has traffic: "green, with the header X-Preview"; never the value
	Colors     []Color   `json:"colors"`             // those of which something is known, blue first
	Since      time.Time `json:"since"`              // of the active color
	Note       string    `json:"note"`               // one line for people: what bg waits for, "" if nothing
	Release    *Release  `json:"release,omitempty"`  // under way, or the one that ended last
	Lock       *Lock     `json:"lock,omitempty"`     // put up by bg lock
	Judgment   *Judgment `json:"judgment,omitempty"` // of the traffic of the release, as long as it has users and is judged
}

// Release is one release of an app on its way.
type Release struct {
	ID       string     `json:"id"`     // "7-3f9a2c81", as in label bg.release; "" for containers that were started without bg deploy
	Digest   string     `json:"digest"` // of what is released, 64 hex digits; "" without bg deploy
	Color    string     `json:"color"`
	Step     string     `json:"step"` // see Steps; where it ended if Outcome is set
	Begun    time.Time  `json:"begun"`
	Entered  time.Time  `json:"entered"` // when Step began
	By       string     `json:"by"`      // who released
	Message  string     `json:"message,omitempty"`
	Outcome  string     `json:"outcome"`            // "" while it is under way; one of the Release outcomes
	Cause    string     `json:"cause"`              // why it ended so, or what it waits for
	Live     bool       `json:"live"`               // all traffic was seen to go to it
	Healthy  float64    `json:"healthy_seconds"`    // observed in this step
	Of       float64    `json:"of_seconds"`         // needed in this step; 0 if it is no matter of time
	Deadline *time.Time `json:"deadline,omitempty"` // of this step
}

// The steps of a release, in their order.
const (
	StepClear    = "clear"    // the standby of the release before is drained and stopped
	StepPrepare  = "prepare"  // the client brings up what is shared and creates the containers
	StepExpand   = "expand"   // hooks that add to the database
	StepStart    = "start"    // the client starts the color; all of it must get ready
	StepSmoke    = "smoke"    // tests before any traffic
	StepHandover = "handover" // exclusive services: the old ones stop, the new ones start
	StepTraffic  = "traffic"  // at once, in steps, or by an operator
	StepVerify   = "verify"   // it is confirmed live; tests through the proxy
	StepSoak     = "soak"     // the old color stays warm
	StepRetire   = "retire"   // the old color is stopped
	StepContract = "contract" // hooks that take away from the database
)

// The outcomes of a release.
const (
	ReleaseDone       = "done"
	ReleaseFailed     = "failed"     // before any traffic: a hook, the client, or an operator's unlock
	ReleaseTimedOut   = "timed-out"  // not ready within bg.deadline
	ReleaseDemoted    = "demoted"    // failed its tests, or was taken back
	ReleaseSuperseded = "superseded" // a newer one began once it was live
)

// Lock keeps new releases of an app away.
type Lock struct {
	By      string    `json:"by"`
	Since   time.Time `json:"since"`
	Message string    `json:"message,omitempty"`
}

// The phases of an app.
const (
	PhaseWaiting  = "waiting"  // no color has been ready yet
	PhaseStable   = "stable"   // one color has all traffic, no candidate
	PhaseStarting = "starting" // a candidate is getting ready
	PhaseReady    = "ready"    // a candidate waits for bg promote or bg canary
	PhaseCanary   = "canary"   // both colors get traffic
	PhaseDown     = "down"     // no color is able to serve
)

// Judgment is what traffic says of a release.
type Judgment struct {
	Service string  `json:"service,omitempty"` // that it is about; "": all of the app together
	Saved   uint64  `json:"saved"`             // requests that the other color answered in its place
	Slow    float64 `json:"slow_seconds"`      // an answer slower than this counted as slow; 0: speed was not judged
	judge.Verdict
}

// Record is what the judge was told of one release, as lines of JSON that
// bg judge --replay reads.
type Record struct {
	Services []string `json:"services"` // that there are records of; "": all together
	Text     string   `json:"text"`
}

// Color is one color of an app.
type Color struct {
	Color      string      `json:"color"`
	Role       string      `json:"role"`   // "candidate", "active", "standby", "demoted" or ""
	Weight     int         `json:"weight"` // percent of users
	Ready      bool        `json:"ready"`  // able to serve now
	Since      time.Time   `json:"since"`  // of the role
	Cause      string      `json:"cause"`  // why it has this role
	Containers []Container `json:"containers"`
}

// Container is one container of a color.
type Container struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Service   string `json:"service"`
	Condition string `json:"condition"` // "ready", "starting", "unhealthy", …
	Detail    string `json:"detail"`    // why it is not ready, or what is wrong with its labels
	Address   string `json:"address"`
	Hook      string `json:"hook,omitempty"`
}

// Stray is a labeled container whose app or color could not be told.
type Stray struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Event is one line of the history: GET /v1/history.
type Event struct {
	Time       time.Time `json:"time"`
	App        string    `json:"app"`
	Generation uint64    `json:"generation"`
	Change     string    `json:"change"` // "candidate", "ready", "promote", "canary", "rollback", "demote", …
	Active     string    `json:"active"`
	Blue       int       `json:"blue"` // percent of users after it
	Green      int       `json:"green"`
	Cause      string    `json:"cause"`
	Actor      string    `json:"actor"`              // "bg" or who commanded
	Release    string    `json:"release,omitempty"`  // ID of the release that it is about
	Judgment   *Judgment `json:"judgment,omitempty"` // the numbers, where traffic led to the change
}

// Command is the body of POST /v1/apps/{app}/{verb}. Each verb takes Actor and
// some of the other members, and refuses the rest.
type Command struct {
	Percent *int `json:"percent,omitempty"` // of canary: 0 to 100
	Force   bool `json:"force,omitempty"`   // of promote and canary: also for a color that was demoted; of begin: what is live once more
	Full    bool `json:"full,omitempty"`    // of promote: skip what is left of the canary's steps
	// From, of promote, is the percent that the candidate had when somebody
	// asked for it; with another share by now it is refused. So a command that
	// is sent twice goes one step.
	From    *int   `json:"from,omitempty"`
	Actor   string `json:"actor,omitempty"`   // who commands, for the history; a claim, not a proof
	Digest  string `json:"digest,omitempty"`  // of begin: what is released, 64 hex digits
	Release string `json:"release,omitempty"` // of proceed and abort: its ID
	Message string `json:"message,omitempty"` // of begin, abort and lock: for people, one line
	Keep    bool   `json:"keep,omitempty"`    // of begin: leave the containers of a release that fails
	// Containers, of proceed, is how many containers with the release's label
	// the client has created: the controller goes on when it sees them all.
	Containers int `json:"containers,omitempty"`
}

// Accepted is the answer to a Command that will be carried out. Follow it
// with GET /v1/apps/{app}/wait?generation=N.
type Accepted struct {
	App        string   `json:"app"`
	Generation uint64   `json:"generation"`
	Message    string   `json:"message"`           // "green gets 10% of shop"
	Release    *Release `json:"release,omitempty"` // that a begin or a rollback began or goes on with
}

// Outcome is the answer of GET /v1/apps/{app}/wait.
type Outcome struct {
	Outcome string `json:"outcome"` // see Outcomes
	Text    string `json:"text"`    // what happened, for people
}

// The outcomes of a wait.
const (
	Confirmed = "confirmed" // Traefik serves it
	Undone    = "demoted"   // it was taken back before or after it was live
	Pending   = "pending"   // neither, within the time asked for
)

// Error is the body of every answer that is not 2xx.
type Error struct {
	Error string `json:"error"` // what is wrong and what to do
}
