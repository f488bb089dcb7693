package web

import (
	"context"
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
	// Reason and Sequence are of a request for orders: a stable name, and the number in the market's log where it has one.
	Reason   string `json:"reason,omitempty"`
	Sequence uint64 `json:"sequence,omitempty"`
}

func newProblem(status int, kind problem.Kind, detail string) problemWire {
	return problemWire{Type: "about:blank", Title: http.StatusText(status), Status: status, Kind: kind.String(), Detail: detail}
}

var statusOf = map[problem.Kind]int{
	problem.Invalid:     http.StatusBadRequest,
	problem.Denied:      http.StatusForbidden,
	problem.NotFound:    http.StatusNotFound,
	problem.Conflict:    http.StatusConflict,
	problem.Unavailable: http.StatusServiceUnavailable,
	problem.Internal:    http.StatusInternalServerError,
}

// refuse answers with the problem document of err.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := s.explain(r.Context(), r.URL.Path, err)
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	writeDocument(w, p)
}

// explain makes the problem document of err. What is the reader's to fix is told in the error's own words; what is ours
// goes to the log, and the reader learns only that.
func (s *Server) explain(ctx context.Context, path string, err error) problemWire {
	kind := problem.KindOf(err)
	detail := err.Error()
	if ctx.Err() != nil {
		kind = problem.Unavailable
	}
	switch kind {
	case problem.Unavailable:
		detail = "This cannot be answered right now. Ask again in a moment."
		s.config.Log.LogAttrs(ctx, slog.LevelWarn, "request not answered", slog.String("path", path), slog.Any("error", err))
	case problem.Internal:
		detail = "Something is wrong on our side; it is in the log."
		s.config.Log.LogAttrs(ctx, slog.LevelError, "request not answered", slog.String("path", path), slog.Any("error", err))
	}
	return newProblem(statusOf[kind], kind, detail)
}

func writeProblem(w http.ResponseWriter, status int, kind problem.Kind, detail string) {
	writeDocument(w, newProblem(status, kind, detail))
}

func writeDocument(w http.ResponseWriter, p problemWire) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // a reader that went away needs no answer
}
