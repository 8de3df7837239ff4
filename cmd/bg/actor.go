package main

import (
	"os"
	"os/user"
	"strings"

	"bg/controller/api"
)

// actor is who commands, for the history: ann@laptop.
func actor() string {
	name := os.Getenv("SUDO_USER")
	if name == "" {
		if u, err := user.Current(); err == nil {
			name = u.Username
		}
	}
	host, _ := os.Hostname()
	return api.CleanActor(strings.Trim(name+"@"+host, "@"))
}
