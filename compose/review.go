package compose

func (p *Project) review() {}
