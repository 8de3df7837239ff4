package docker

import (
	"context"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/network"
)

// Info says what bg runs on.
type Info struct {
	EngineVersion string // "20.10.24"
	APIVersion    string // agreed on with the engine: "1.41"
	NetworkExists bool   // Options.Network
}

// Check asks the engine for what bg needs of it. The error says that it
// can't be reached or is older than 20.10; Info holds what was found until
// then. A network that does not exist is no error.
func (o *Observer) Check(ctx context.Context) (Info, error) {
	var info Info
	c, err := o.client()
	if err != nil {
		return info, err
	}
	defer c.close()

	if err := c.negotiate(ctx); err != nil {
		return info, err
	}
	info.APIVersion = c.ClientVersion()
	err = c.call(ctx, "ask docker for its version", func(ctx context.Context) error {
		v, err := c.ServerVersion(ctx)
		info.EngineVersion = cleanName(v.Version)
		return err
	})
	if err != nil {
		return info, err
	}
	if err := c.tooOld(); err != nil {
		return info, err
	}
	err = c.call(ctx, "look for network "+o.opts.Network, func(ctx context.Context) error {
		n, err := c.NetworkInspect(ctx, o.opts.Network, network.InspectOptions{})
		// Docker also answers to the beginning of a network's ID.
		info.NetworkExists = err == nil && n.Name == o.opts.Network
		if errdefs.IsNotFound(err) {
			return nil
		}
		return err
	})
	return info, err
}
