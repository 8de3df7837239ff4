package labels

import (
	"bytes"
	"encoding/json"
	"strings"
)

// node is one word of the keys of labels, and what they say below it.
type node struct {
	name     string // as the user spelled it; "[0]" for an element of a list
	label    string // the first label that leads here, for messages
	given    string // and its value
	value    string
	valued   bool // a label ends here
	children []*node
}

// tree turns labels into a tree. It walks them in the order of their keys,
// as Traefik does, which makes the order of a list's elements the one of
// their text.
func tree(labels map[string]string, p *problems) *node {
	root := &node{}
	for _, key := range sorted(labels) {
		n := root
		for _, word := range strings.Split(strings.ReplaceAll(key, "[", ".["), ".") {
			n = n.child(word, key, labels[key], p)
		}
		n.value, n.valued = labels[key], true
	}
	return root
}

// child returns the child of that name, made if need be. Two spellings of
// one name would be one thing to Traefik's labels and two in its files.
func (n *node) child(name, label, value string, p *problems) *node {
	for _, c := range n.children {
		if strings.EqualFold(c.name, name) {
			if c.name != name {
				p.add(label, value, "%s is also spelled %s in label %s; write it in one way", name, c.name, c.label)
			}
			return c
		}
	}
	c := &node{name: name, label: label, given: value}
	n.children = append(n.children, c)
	return c
}

// find returns the child of that name in whatever case, or nil.
func (n *node) find(name string) *node {
	if n == nil {
		return nil
	}
	for _, c := range n.children {
		if strings.EqualFold(c.name, name) {
			return c
		}
	}
	return nil
}

func (n *node) element() bool { return strings.HasPrefix(n.name, "[") }

// content returns what stands below n in the form that Traefik's file
// provider decodes to the same as its Docker provider would the labels:
// plain values as text, for both parse them with the same code; groups as
// objects under Traefik's own spelling; elements [n] as arrays.
// A nil option is one that bg has never heard of: it passes as it is.
func (n *node) content(o *option, p *problems) any {
	if len(n.children) == 0 {
		if o != nil {
			if fault := o.fault(n.value); fault != "" {
				p.add(n.label, n.given, "%s", fault)
			}
		}
		return n.value
	}
	// Traefik ignores the true of tls=true beside tls.options=x, but drops
	// the whole group at tls=false.
	if n.valued && n.value != "" && !strings.EqualFold(n.value, "true") {
		p.add(n.label, n.given, "there are labels below this one, such as %s; remove one or the other", n.children[0].label)
	}
	switch {
	case o == nil:
		return n.unknown(p)
	case o.kind == "-":
		p.add(n.label, n.given, "%s", o.fault(""))
	case o.plain():
		p.add(n.children[0].label, n.children[0].given, "%s is one value; write it without anything after it, a list with commas", n.name)
	case o.kind == "objects":
		return n.list(o.under("[]"), p)
	case n.children[0].element():
		p.add(n.children[0].label, n.children[0].given, "%s is no list; remove the index", n.name)
	case o.kind == "raw":
		return n.unknown(p)
	case o.kind == "map":
		return n.free(&option{kind: "map"}, p)
	case o.kind == "numbers":
		return n.free(&option{kind: "int"}, p)
	default:
		return n.object(o, p)
	}
	return nil
}

// object returns a group of options.
func (n *node) object(o *option, p *problems) map[string]any {
	group := map[string]any{}
	for _, c := range n.children {
		name, known := c.name, o.under(c.name)
		switch {
		case c.element():
			p.add(c.label, c.given, "%s is no list; remove the index", n.name)
			continue
		case known != nil:
			name = known.name
		case o.similar(c.name) != "":
			p.add(c.label, c.given, "Traefik has no option %s; did you mean %s?", c.name, o.similar(c.name))
		}
		group[name] = c.content(known, p)
	}
	return group
}

// list returns the elements of a list of groups.
func (n *node) list(o *option, p *problems) []any {
	var elements []any
	for _, c := range n.children {
		if !c.element() {
			p.add(c.label, c.given, "%s is a list; write %s[0].%s", n.name, n.name, c.name)
			continue
		}
		elements = append(elements, c.content(o, p))
	}
	return elements
}

// free returns names of the user's own with values of one kind. A dot in
// such a name makes a group, which Traefik puts together again.
func (n *node) free(o *option, p *problems) map[string]any {
	group := map[string]any{}
	for _, c := range n.children {
		switch {
		case c.element():
			p.add(c.label, c.given, "%s is no list; remove the index", n.name)
		case len(c.children) == 0 && o.kind == "map":
			group[c.name] = c.value
		default:
			group[c.name] = c.content(o, p)
		}
	}
	return group
}

// unknown returns whatever stands below n, as it is.
func (n *node) unknown(p *problems) any {
	group, elements := map[string]any{}, []any{}
	plain := len(n.children[0].children) == 0
	for _, c := range n.children {
		if c.element() != n.children[0].element() || c.element() && plain != (len(c.children) == 0) {
			p.add(c.label, c.given, "%s mixes values, names and indexes; use one of them", n.name)
			return nil
		}
		content := c.content(nil, p)
		group[c.name], elements = content, append(elements, content)
	}
	if n.children[0].element() {
		return elements
	}
	return group
}

// canonical returns v as JSON: sorted keys, no escapes for HTML's sake.
func canonical(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // maps, slices and strings only
	}
	return strings.TrimSuffix(b.String(), "\n")
}
