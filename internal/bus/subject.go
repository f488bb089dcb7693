package bus

import (
	"fmt"
	"strings"

	"github.com/wattle/wattle/energy"
	"github.com/wattle/wattle/internal/problem"
)

// ErrSubject is returned for a subject that belongs to no log, or has a wildcard where one message is meant.
var ErrSubject = problem.New(problem.Invalid, "not the subject of a log")

// streams lists each log and the subjects it keeps.
var streams = []struct{ name, subject string }{
	{"METER", "zone.*.meter.*"},
	{"ORDER", "zone.*.order"},
	{"MARKET", "zone.*.market"},
	{"ATTEST", "zone.*.attest"},
	{"SETTLE", "zone.*.settle"},
	{"TURN", "zone.*.turn"},
	{"ROOT", "zone.*.root"},
}

// MeterSubject carries the signed readings of one meter. "*" as zone or meter means all of them, for following.
func MeterSubject(z energy.Zone, m energy.Meter) string {
	return "zone." + string(z) + ".meter." + string(m)
}

// OrderSubject carries the commands to a zone's exchange.
func OrderSubject(z energy.Zone) string { return "zone." + string(z) + ".order" }

// MarketSubject carries the events of a zone's exchange.
func MarketSubject(z energy.Zone) string { return "zone." + string(z) + ".market" }

// AttestSubject carries the attestations of a zone's oracles.
func AttestSubject(z energy.Zone) string { return "zone." + string(z) + ".attest" }

// SettleSubject carries the results of a zone's settlement.
func SettleSubject(z energy.Zone) string { return "zone." + string(z) + ".settle" }

// TurnSubject carries the operator's notices: what each settlement root counts.
func TurnSubject(z energy.Zone) string { return "zone." + string(z) + ".turn" }

// RootSubject carries the settlement reports that a zone's oracles signed.
func RootSubject(z energy.Zone) string { return "zone." + string(z) + ".root" }

// LiveSubject carries the live values of one meter, which no log keeps. "*" as zone or meter means all of them.
func LiveSubject(z energy.Zone, m energy.Meter) string {
	return "zone." + string(z) + ".live." + string(m)
}

// streamOf names the log that keeps a subject; wild allows "*" in place of a zone or meter.
func streamOf(subject string, wild bool) (string, error) {
	tokens := strings.Split(subject, ".")
	for _, s := range streams {
		if matches(tokens, strings.Split(s.subject, "."), wild) {
			return s.name, nil
		}
	}
	return "", fmt.Errorf("%q: %w", subject, ErrSubject)
}

func matches(tokens, pattern []string, wild bool) bool {
	if len(tokens) != len(pattern) {
		return false
	}
	for i, p := range pattern {
		t := tokens[i]
		if p != "*" && t != p {
			return false
		}
		if t == "" || strings.ContainsAny(t, " \t\r\n>") || strings.Contains(t, "*") && !(wild && t == "*") {
			return false
		}
	}
	return true
}
