package web

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// ErrQuery is returned for a parameter that is not what openapi.yaml says.
var ErrQuery = problem.New(problem.Invalid, "not a valid parameter")

const (
	maxIntervals     = 200 // two days of quarter hours
	defaultIntervals = 50
	maxLines         = 500
	defaultLines     = 100
)

func (s *Server) getStreet(w http.ResponseWriter, r *http.Request) {
	c := s.config.Street
	s.answer(w, r, http.StatusOK, streetWire{
		Zone: c.Zone, Interval: c.Interval, Speed: c.Speed, Currency: c.Currency, TimeZone: c.TimeZone,
		Supplier:  supplierWire{c.ImportPrice, c.ExportPrice},
		Contracts: list(c.Contracts), Homes: list(c.Homes), NowMs: s.config.Now().UnixMilli(),
	})
}

func (s *Server) getIntervals(w http.ResponseWriter, r *http.Request) {
	limit, err := limitOf(r, defaultIntervals, maxIntervals)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	intervals, err := s.config.Source.Intervals(r.Context(), limit)
	if err != nil {
		s.refuse(w, r, fmt.Errorf("intervals: %w", err))
		return
	}
	s.answer(w, r, http.StatusOK, list(intervals))
}

func (s *Server) getInterval(w http.ResponseWriter, r *http.Request) {
	start, err := strconv.ParseInt(r.PathValue("start"), 10, 64)
	if err == nil {
		_, err = energy.NewInterval(start, s.config.Street.Interval)
	}
	if err != nil {
		s.refuse(w, r, fmt.Errorf("interval %q: want the Unix second at which it starts: %w", r.PathValue("start"), ErrQuery))
		return
	}
	proof, err := s.config.Source.Interval(r.Context(), start)
	if err != nil {
		s.refuse(w, r, fmt.Errorf("interval %d: %w", start, err))
		return
	}
	proof.Oracles, proof.Signatures, proof.Leaves = list(proof.Oracles), list(proof.Signatures), list(proof.Leaves)
	for i := range proof.Leaves {
		proof.Leaves[i].Proof = list(proof.Leaves[i].Proof)
	}
	s.answer(w, r, http.StatusOK, proof)
}

func (s *Server) getLedger(w http.ResponseWriter, r *http.Request) {
	ledger, err := s.ledger(r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	ledger.Lines = list(ledger.Lines)
	s.answer(w, r, http.StatusOK, ledger)
}

func (s *Server) getLedgerCSV(w http.ResponseWriter, r *http.Request) {
	ledger, err := s.ledger(r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+string(ledger.Member)+`.csv"`)
	h.Set("Cache-Control", "no-store")
	out := csv.NewWriter(w)
	rows := [][]string{{"interval", "run", "leg", "counterparty", "energy_kwh", "money_" + s.config.Street.Currency, "tokens_kwh", "id"}}
	for _, l := range ledger.Lines {
		id, _ := l.ID.MarshalText() // never fails
		rows = append(rows, []string{
			time.Unix(l.Start, 0).UTC().Format(time.RFC3339), strconv.FormatUint(uint64(l.Run), 10), l.Leg, l.Counterparty,
			l.Energy.KilowattHours().StringFixed(3), l.Money.Decimal().StringFixed(9), l.Tokens.KilowattHours().StringFixed(3), string(id),
		})
	}
	_ = out.WriteAll(rows) // a reader that went away needs no answer
}

func (s *Server) ledger(r *http.Request) (Ledger, error) {
	limit, err := limitOf(r, defaultLines, maxLines)
	if err != nil {
		return Ledger{}, err
	}
	member, err := energy.ParseMember(r.PathValue("member"))
	if err != nil {
		return Ledger{}, fmt.Errorf("member: %w", err)
	}
	ledger, err := s.config.Source.Ledger(r.Context(), member, limit)
	if err != nil {
		return Ledger{}, fmt.Errorf("ledger of %s: %w", member, err)
	}
	return ledger, nil
}

func (s *Server) getHealth(w http.ResponseWriter, r *http.Request) {
	health := s.state.health()
	status := http.StatusOK
	if health.Status == Down {
		status = http.StatusServiceUnavailable
	}
	s.answer(w, r, status, health)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil {
		s.config.Log.LogAttrs(r.Context(), slog.LevelDebug, "reader went away", slog.Any("error", err))
	}
}

// limitOf reads the limit parameter.
func limitOf(r *http.Request, usual, most int) (int, error) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return usual, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 || limit > most {
		return 0, fmt.Errorf("limit %q: want 1 to %d: %w", text, most, ErrQuery)
	}
	return limit, nil
}

// list is never nil: an empty list goes out as [], not as null.
func list[T any](values []T) []T {
	if values == nil {
		return []T{}
	}
	return values
}
