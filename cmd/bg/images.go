package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"bg/compose"
)

// gather builds and pulls what the flags ask for and what is not there, and
// returns the image ID of each colored service and hook.
func (d *deployment) gather(ctx context.Context) (map[string]string, error) {
	var build, pull []string
	known := map[string]string{} // image -> ID
	for _, s := range d.released() {
		id, seen := known[s.Image]
		if !seen {
			var err error
			if id, err = d.cli.ImageID(ctx, s.Image); err != nil {
				return nil, fmt.Errorf("look for image %s: %w", s.Image, err)
			}
			known[s.Image] = id
		}
		switch {
		case s.Build && (d.options.build || id == ""):
			build = append(build, s.Name)
		case !s.Build && (d.options.pull || id == ""):
			pull = append(pull, s.Name)
		}
	}
	if d.kept && len(pull) > 0 {
		return nil, fmt.Errorf("the image of service %s is gone (%s), so this release can't run again: release its source with bg deploy",
			pull[0], d.service(pull[0]).Image)
	}
	if len(build) > 0 {
		d.show.say("builds %s", strings.Join(build, ", "))
		if err := d.cli.Build(ctx, d.project, build, d.options.pull); err != nil {
			return nil, fmt.Errorf("build %s: %w", strings.Join(build, ", "), err)
		}
	}
	if len(pull) > 0 {
		d.show.say("pulls %s", strings.Join(pull, ", "))
		if err := d.cli.Pull(ctx, d.project, pull); err != nil {
			return nil, fmt.Errorf("pull %s: %w", strings.Join(pull, ", "), err)
		}
	}
	clear(known)
	images := map[string]string{}
	for _, s := range d.released() {
		if known[s.Image] == "" {
			id, err := d.cli.ImageID(ctx, s.Image)
			switch {
			case err != nil:
				return nil, fmt.Errorf("look for image %s: %w", s.Image, err)
			case id == "":
				return nil, fmt.Errorf("service %s: there is no image %s: build it with --build, or mend image: in the file", s.Name, s.Image)
			}
			known[s.Image] = id
		}
		images[s.Name] = known[s.Image]
	}
	return images, nil
}

// released lists the services that the release makes anew.
func (d *deployment) released() []compose.Service {
	return slices.DeleteFunc(slices.Clone(d.project.Services), func(s compose.Service) bool { return s.Kind == compose.Shared })
}

func (d *deployment) service(name string) compose.Service {
	for _, s := range d.project.Services {
		if s.Name == name {
			return s
		}
	}
	return compose.Service{}
}

// pin tags the images for the release, so that no later build or pull takes
// them away from it, and returns the reference of each service. Two
// services with images of one name, but other tags, get a tag each.
func (d *deployment) pin(ctx context.Context) (map[string]string, error) {
	refs := map[string]string{}
	for _, s := range d.released() {
		id := d.images[s.Name]
		repo := repository(s.Image)
		ref := repo + ":bg-" + d.release.ID
		there, err := d.cli.ImageID(ctx, ref)
		if err == nil && there != "" && there != id {
			ref = repo + ":bg-" + d.release.ID + "-" + s.Name
			there, err = d.cli.ImageID(ctx, ref)
		}
		if err != nil {
			return nil, fmt.Errorf("look for image %s: %w", ref, err)
		}
		if there != id {
			if err := d.cli.Tag(ctx, id, ref); err != nil {
				return nil, fmt.Errorf("tag image of %s: %w", s.Name, err)
			}
		}
		refs[s.Name] = ref
	}
	return refs, nil
}

// repository is an image's name without tag and digest.
func repository(image string) string {
	image, _, _ = strings.Cut(image, "@")
	if colon := strings.LastIndexByte(image, ':'); colon > strings.LastIndexByte(image, '/') {
		image = image[:colon]
	}
	return image
}

// prune removes the files of the releases whose time is over and, unless
// they are to be kept, the tags of their images.
func (d *deployment) prune(ctx context.Context) error {
	for _, id := range d.shelf.expired() {
		if !d.options.keepImages {
			d.untag(ctx, id)
		}
		if err := d.shelf.drop(id); err != nil {
			return err
		}
	}
	return nil
}

// untag takes the tags away that pin gave. An image that a container needs,
// or that has another name, stays.
func (d *deployment) untag(ctx context.Context, id string) {
	data, err := d.shelf.load(id)
	if err != nil {
		return
	}
	project, err := compose.LoadKept(data)
	if err != nil {
		return
	}
	for _, s := range project.Services {
		tag := strings.TrimPrefix(s.Image, repository(s.Image)+":")
		if s.Kind != compose.Shared && (tag == "bg-"+id || strings.HasPrefix(tag, "bg-"+id+"-")) {
			_ = d.cli.Untag(ctx, s.Image) // gone already, or in use
		}
	}
}
