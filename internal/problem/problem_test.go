package problem_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/wattle/wattle/internal/problem"
)

func TestKindSurvivesWraps(t *testing.T) {
	full := problem.New(problem.Conflict, "the book is closed")
	for _, c := range []struct {
		name string
		err  error
		want problem.Kind
	}{
		{"the sentinel", full, problem.Conflict},
		{"wrapped", fmt.Errorf("place order 7: %w", full), problem.Conflict},
		{"wrapped twice", fmt.Errorf("zone street: %w", fmt.Errorf("place order 7: %w", full)), problem.Conflict},
		{"beside an unclassified error", errors.Join(errors.New("socket closed"), full), problem.Conflict},
		{"the first of two", fmt.Errorf("%w: %w", problem.New(problem.Unavailable, "no quorum"), full), problem.Unavailable},
		{"unclassified", errors.New("out of paper"), problem.Internal},
		{"of another package", context.Canceled, problem.Internal},
	} {
		if got := problem.KindOf(c.err); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestSentinelsOfEqualTextDiffer(t *testing.T) {
	a, b := problem.New(problem.Invalid, "malformed"), problem.New(problem.Invalid, "malformed")
	if errors.Is(a, b) || !errors.Is(fmt.Errorf("report: %w", a), a) {
		t.Error("errors.Is must tell sentinels apart by identity, not by text")
	}
	if a.Error() != "malformed" {
		t.Errorf("got %q, want the sentinel's text", a)
	}
}

func TestKindNames(t *testing.T) {
	for kind, want := range map[problem.Kind]string{
		problem.Internal: "internal", problem.Invalid: "invalid", problem.NotFound: "not-found", problem.Conflict: "conflict",
		problem.Denied: "denied", problem.Unavailable: "unavailable", problem.Kind(99): "internal",
	} {
		if got := kind.String(); got != want {
			t.Errorf("kind %d: got %q, want %q", kind, got, want)
		}
	}
}
