package api

import (
	"log/slog"
	"net"
	"net/http"
	"time"

	"bg/controller/internal/unixsocket"
)

// Listen opens a unix socket at path that only its owner and root may use,
// or says what is wrong with the place. Closing the listener removes it.
func Listen(path string) (net.Listener, error) { return unixsocket.Listen(path, 0o600) }

// NewServer returns a server for h whose limits let no client hold a
// connection without saying anything. The caller serves and closes it, with
// ErrorLog to log.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second, // the handler lifts it for long polls
		WriteTimeout:      answerLimit,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    8 << 10,
		ConnContext:       withPeer,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
