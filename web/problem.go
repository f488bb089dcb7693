package web

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/wattle/wattle/internal/problem"
)

type problemWire struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Kind   string `json:"kind"`
	Detail string `json:"detail"`
}

var statusOf = map[problem.Kind]int{
	problem.Invalid:     http.StatusBadRequest,
	problem.Denied:      http.StatusForbidden,
	problem.NotFound:    http.StatusNotFound,
	problem.Conflict:    http.StatusConflict,
	problem.Unavailable: http.StatusServiceUnavailable,
	problem.Internal:    http.StatusInternalServerError,
}

// refuse answers with the problem document of err. What is the reader's to fix is told in the error's own words; what
// is ours goes to the log, and the reader learns only that.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	kind := problem.KindOf(err)
	detail := err.Error()
	if r.Context().Err() != nil {
		kind = problem.Unavailable
	}
	switch kind {
	case problem.Unavailable:
		detail = "This cannot be answered right now. Ask again in a moment."
		w.Header().Set("Retry-After", "5")
		s.config.Log.LogAttrs(r.Context(), slog.LevelWarn, "request not answered",
			slog.String("path", r.URL.Path), slog.Any("error", err))
	case problem.Internal:
		detail = "Something is wrong on our side; it is in the log."
		s.config.Log.LogAttrs(r.Context(), slog.LevelError, "request not answered",
			slog.String("path", r.URL.Path), slog.Any("error", err))
	}
	writeProblem(w, statusOf[kind], kind, detail)
}

func writeProblem(w http.ResponseWriter, status int, kind problem.Kind, detail string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	body := problemWire{"about:blank", http.StatusText(status), status, kind.String(), detail}
	_ = json.NewEncoder(w).Encode(body) // a reader that went away needs no answer
}
