package labels

import "time"

// Spec is what the labels of one container ask for: checked, with every
// default filled in. It is immutable once decoded and may be shared.
type Spec struct {
	App     string
	Color   Color
	Service string // Compose service, without a color suffix
	Network string // the traefik.docker.network label; "" means the controller's own
	Port    int    // 0 where the service is not routed and names no port

	Promote  Promote
	Canary   Canary
	Soak     time.Duration // observed healthy time that the standby is kept
	Drain    time.Duration // at least this long between confirmation and a stop
	Deadline time.Duration // time in which a candidate must get ready
	Retire   Retire
	Health   Health
	Smoke    []Smoke // sorted by name
	Failover bool
	Sticky   bool
	Preview  Preview
	Hook     Hook // "" for a service that stays up
	Handover Handover
	Publish  []int  // published host ports that bg deploy keeps, in the order given
	Release  string // that the container belongs to; "" without bg deploy
	Judge    Judge
	Project  string // Compose project, as its label says; "" without one, or with none that Compose would make
	// Claims is what the labels ask for of the proxy that other apps could ask
	// for too: HTTP.Claims, and the host of the preview. Sorted by name.
	Claims []Claim

	HTTP HTTP // the user's own traefik.http.* labels
}

// Promote says who moves traffic to a candidate that is ready.
type Promote string

// The values of bg.promote.
const (
	Auto   Promote = "auto"   // bg itself, at once
	Manual Promote = "manual" // an operator, with bg promote or bg canary
)

// Canary is the ladder of weights of an automatic release.
type Canary struct {
	Steps    []int         // percents, strictly rising, each 1 to 99; none means a full cutover
	Interval time.Duration // healthy time at each step
}

// Retire says what becomes of a standby after soak and drain.
type Retire string

// The values of bg.retire.
const (
	Stop   Retire = "stop"
	Remove Retire = "remove"
	Keep   Retire = "keep"
)

// Hook names the moment at which a one-off service runs.
type Hook string

// The values of bg.hook.
const (
	HookExpand   Hook = "expand"
	HookSmoke    Hook = "smoke"
	HookPromoted Hook = "promoted"
	HookContract Hook = "contract"
	HookDemoted  Hook = "demoted"
)

// Handover says whether both colors of a service may run at once.
type Handover string

// The values of bg.handover.
const (
	Overlap   Handover = "overlap"
	Exclusive Handover = "exclusive"
)

// Health is bg's own probe.
type Health struct {
	Set      bool   // any bg.health.* label was given: without one it is off
	Path     string // "": a TCP connect will do
	Interval time.Duration
	Timeout  time.Duration
	Status   StatusRange
	Latency  time.Duration // 0: no limit
	Failures int           // failures in a row that make a container unready
}

// Smoke is one smoke test.
type Smoke struct {
	Name    string
	Path    string
	Method  string
	Status  StatusRange
	Body    string // a substring that the answer must hold
	Latency time.Duration
	Headers []Header // sorted by name
	Via     string   // "direct" or "proxy"
}

// Header is one request header.
type Header struct{ Name, Value string }

// StatusRange is a closed range of HTTP statuses, such as 200-399.
type StatusRange struct{ From, To int }

// Judge says how the traffic of a new color is judged.
type Judge struct {
	Enable  bool
	Status  StatusRange   // of the answers that count as errors
	Errors  float64       // the highest share of errors that is put up with, above 0 and below 1; 0: no such limit
	Latency time.Duration // an answer slower than this is slow; 0: speed is not judged
	Alpha   float64       // the chance of a false demotion in one release, above 0 and at most 0.1
	Thin    Thin
}

// Thin says what becomes of a canary's step whose traffic is too thin to tell.
type Thin string

// The values of bg.judge.thin.
const (
	ThinExtend  Thin = "extend"  // it goes on until bg.deadline, and is held then
	ThinPromote Thin = "promote" // it is passed
	ThinHold    Thin = "hold"    // an operator decides
)

// Preview lets those who know the value reach the candidate before it has
// traffic. The zero value is off.
type Preview struct {
	Header string // NAME=VALUE
	Host   string
}

// HTTP is the routing that the container's traefik.http.* labels describe,
// in the form in which it will be rendered. Every name that the user gave
// is unqualified here; references inside Options are qualified already
// (see Qualify), those to other providers (x@file) stand as written.
//
// Options are JSON objects of strings, arrays and objects, with sorted keys.
// Values are strings as the user wrote them, priority too, for Traefik's file
// provider parses those as its labels. Known options stand in Traefik's own
// spelling (entryPoints), the others in the user's. An object is never empty
// inside, only as a whole ({}).
//
// All members are comparable values and all slices are sorted by name, so
// that two HTTPs are equal exactly if their rendering is.
type HTTP struct {
	Routers     []Router
	Middlewares []Object
	Services    []Service
	// Needs lists the middlewares and services, by the user's name with a
	// kind in front ("middleware auth", "service web"), that are referred
	// to but that only another container of the same color can define.
	Needs []string
	// Claims follows from the rest: see the function Claims.
	Claims []Claim
}

// Router is one router without the service that it leads to.
type Router struct {
	Name    string
	Service string // a service of this app by the user's name, or x@provider
	Options string // canonical JSON object: rule, priority, entryPoints, tls, …; always with priority
}

// Object is one named thing that bg passes through: a middleware.
type Object struct {
	Name    string
	Options string // canonical JSON object
}

// Service is one load balancer without its servers.
type Service struct {
	Name    string
	Port    int
	Scheme  string // http, https or h2c
	Server  string // canonical JSON object of further server options (weight, preservePath), {} if none
	Options string // canonical JSON object of the loadBalancer, {} if none
}
