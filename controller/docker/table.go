package docker

import (
	"cmp"
	"slices"

	"bg/controller/rollout"
)

// table holds the records of all containers that are known.
type table struct {
	byID  map[string]*record
	order []*record // sorted by ID
}

// add begins the record of a container that has none.
func (t *table) add(id string) *record {
	r := &record{id: id}
	t.byID[id] = r
	i, _ := t.find(id)
	t.order = slices.Insert(t.order, i, r)
	return r
}

// remove forgets a container.
func (t *table) remove(r *record) {
	delete(t.byID, r.id)
	if i, ok := t.find(r.id); ok {
		t.order = slices.Delete(t.order, i, i+1)
	}
}

func (t *table) find(id string) (int, bool) {
	return slices.BinarySearchFunc(t.order, id, func(r *record, id string) int { return cmp.Compare(r.id, id) })
}

// world returns what there is to show.
func (t *table) world() *rollout.World {
	all := make([]*rollout.Container, 0, len(t.order))
	for _, r := range t.order {
		if r.out != nil {
			all = append(all, r.out)
		}
	}
	return &rollout.World{Containers: all}
}
