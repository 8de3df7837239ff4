package socketproxy

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
)

// listed is the label that Docker is asked to list by.
const listed = "bg.enable"

// maxList is the most bytes of Docker's list: 10,000 containers with 6 KiB of
// labels each fit.
const maxList = 64 << 20

// summary is what the controller reads of a list's entry. What has no field
// here is not handed on.
type summary struct {
	ID              string `json:"Id"`
	Names           []string
	Labels          map[string]string
	State           string
	Status          string
	Ports           []port
	NetworkSettings *networks `json:",omitempty"`
}

type port struct {
	PrivatePort uint16
	Type        string
}

// list hands bg's containers on, one by one. Where Docker's list breaks off,
// so does this: the start of a list never passes for a whole one.
func (p *Proxy) list(ctx context.Context, w http.ResponseWriter, call Call) {
	query := url.Values{"all": {"1"}, "filters": {writeFilters(map[string][]string{"label": {listed}})}}
	res, err := p.engine.ask(ctx, http.MethodGet, call, "/containers/json", query)
	if err != nil {
		answerError(w, err)
		return
	}
	defer res.Body.Close()
	in := json.NewDecoder(&capped{res.Body, maxList})
	if begin, err := in.Token(); err != nil || begin != json.Delim('[') {
		answerError(w, &failure{http.StatusBadGateway, "Docker's list of containers is no list"})
		return
	}
	w.Header().Set("Content-Type", "application/json")
	out := bufio.NewWriterSize(w, 32<<10)
	write := json.NewEncoder(out)
	between := []byte("[")
	for in.More() {
		var s summary
		if err := in.Decode(&s); err != nil {
			panic(http.ErrAbortHandler)
		}
		if !p.own(s.Labels) {
			continue
		}
		_, _ = out.Write(between)
		if err := write.Encode(s); err != nil {
			panic(http.ErrAbortHandler)
		}
		between = []byte(",")
	}
	if _, err := in.Token(); err != nil { // the closing bracket
		panic(http.ErrAbortHandler)
	}
	if between[0] == '[' {
		_, _ = out.Write(between)
	}
	_, _ = out.WriteString("]")
	_ = out.Flush()
}

// capped fails once left bytes were read.
type capped struct {
	in   io.Reader
	left int
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	if c.left -= n; c.left < 0 {
		return 0, errors.New("docker's answer is too long")
	}
	return n, err
}
