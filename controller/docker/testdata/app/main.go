// Command app is what runs in the containers of the observer's tests.
//
//	app             runs; healthy until it gets USR1, then ill until the next
//	app health      is its health check
//	app exit CODE   ends at once
//	app eat         takes memory until it is killed
//
// After TERM it goes on until it gets INT.
package main

import (
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

const ill = "/ill"

func main() {
	switch arg(1) {
	case "health":
		if _, err := os.Stat(ill); err == nil {
			os.Exit(1)
		}
	case "exit":
		code, _ := strconv.Atoi(arg(2))
		os.Exit(code)
	case "eat":
		for all := [][]byte(nil); ; {
			b := make([]byte, 1<<20)
			for i := range b {
				b[i] = 1
			}
			all = append(all, b)
		}
	default:
		run()
	}
}

func arg(n int) string {
	if len(os.Args) > n {
		return os.Args[n]
	}
	return ""
}

func run() {
	c := make(chan os.Signal, 8)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGINT, syscall.SIGUSR1)
	for s := range c {
		switch s {
		case syscall.SIGINT:
			return
		case syscall.SIGUSR1:
			if err := os.Remove(ill); err != nil {
				_ = os.WriteFile(ill, nil, 0o600)
			}
		}
	}
}
