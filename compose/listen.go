package compose

import (
	"io"
	"strings"
	"sync"

	"github.com/sirupsen/logrus"
)

// listening guards compose-go's log, which is one for the whole process.
var listening sync.Mutex

// listen runs f and appends to said, once each, the warnings that compose-go
// logs meanwhile, such as of variables that are not set. Left alone it writes
// them to standard error, into whatever is drawn there.
func listen(said *[]string, f func() error) error {
	listening.Lock()
	defer listening.Unlock()
	log := logrus.StandardLogger()
	out := log.Out
	hooks := log.ReplaceHooks(make(logrus.LevelHooks))
	log.SetOutput(io.Discard)
	log.AddHook(&hearing{said: said})
	defer func() {
		log.SetOutput(out)
		log.ReplaceHooks(hooks)
	}()
	return f()
}

type hearing struct {
	mu   sync.Mutex
	said *[]string
}

func (*hearing) Levels() []logrus.Level { return []logrus.Level{logrus.WarnLevel, logrus.ErrorLevel} }

func (h *hearing) Fire(e *logrus.Entry) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	text := strings.TrimSpace(e.Message)
	if strings.Contains(text, "the attribute `version` is obsolete") {
		// compose-go says it once per process, so notes would depend on what
		// was loaded before. It harms nothing, and docker compose says it too.
		return nil
	}
	for _, s := range *h.said {
		if s == text {
			return nil
		}
	}
	*h.said = append(*h.said, text)
	return nil
}
