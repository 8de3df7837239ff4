package judge

// pair is polls put together until both colors have answered. Where only one
// has, nothing can be compared: of polls a second apart at a request in ten
// seconds, hardly any would count. What closes it is how many requests there
// are and never how they went, so errors in it still fall to the candidate by
// its share of them.
type pair struct {
	Candidate  tally   `json:"candidate"`
	Stable     tally   `json:"stable"`
	Dispersion float64 `json:"dispersion"` // known before the first of them
}

func (p *pair) add(c, s tally, phi float64) {
	if p.Candidate.Of == 0 && p.Stable.Of == 0 {
		p.Dispersion = phi
	}
	p.Candidate, p.Stable = p.Candidate.plus(c), p.Stable.plus(s)
}

// whole reports whether there is something to compare.
func (p *pair) whole() bool { return p.Candidate.Of > 0 && p.Stable.Of > 0 }

func (p *pair) errors() float64 { return float64(p.Candidate.Events) + float64(p.Stable.Events) }

// share is the candidate's share of the requests.
func (p *pair) share() float64 {
	return float64(p.Candidate.Of) / (float64(p.Candidate.Of) + float64(p.Stable.Of))
}
