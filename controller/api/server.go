package api

import (
	"log/slog"
	"net/http"
	"time"
)

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
