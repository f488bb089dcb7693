package settlement

import (
	"fmt"
	"time"

	"github.com/wattle/wattle/energy"
)

// tariffFile is a dated tariff as docs/protocol.md "Case file" has it. Empty is not given.
type tariffFile struct {
	From      string       `json:"from"`
	Until     string       `json:"until"`
	UTCOffset string       `json:"utc_offset"`
	Import    string       `json:"import"`
	Export    string       `json:"export"`
	Windows   []windowFile `json:"windows"`
	Weekend   []windowFile `json:"weekend"`
	Network   string       `json:"network"`
	Local     []string     `json:"local"`
	Levy      string       `json:"levy"`
	Fee       string       `json:"fee"`
	FeeShare  string       `json:"fee_share"`
	Band      string       `json:"band"`
	Markup    string       `json:"markup"`
	VAT       *vatFile     `json:"vat"`
}

type windowFile struct {
	From   string `json:"from"`
	Import string `json:"import"`
	Export string `json:"export"`
}

type vatFile struct {
	Rates map[string]string `json:"rates"` // by name
	Legs  map[string]string `json:"legs"`  // the name of the rate of each leg
}

// ParseTariffs reads a list of dated tariffs, docs/protocol.md "Case file".
func ParseTariffs(b []byte) (TariffBook, error) {
	var files []tariffFile
	if err := strictJSON(b, &files); err != nil {
		return nil, fmt.Errorf("tariffs: %w", err)
	}
	return readTariffs(files)
}

func readTariffs(files []tariffFile) (TariffBook, error) {
	var book TariffBook
	for i, f := range files {
		d, err := f.read()
		if err != nil {
			return nil, fmt.Errorf("tariff %d: %w", i+1, err)
		}
		book = append(book, d)
	}
	return book, book.Validate()
}

// reader reads values until the first that cannot be read.
type reader struct{ err error }

// read keeps the first error, with what it is about.
func read[T any](r *reader, what, text string, parse func(string) (T, error)) (v T) {
	if r.err != nil {
		return v
	}
	v, err := parse(text)
	if err != nil {
		r.err = fmt.Errorf("%s: %w", what, err)
	}
	return v
}

// optional is read, or the zero value for what is not given.
func optional[T any](r *reader, what, text string, parse func(string) (T, error)) (v T) {
	if text == "" {
		return v
	}
	return read(r, what, text, parse)
}

func (f tariffFile) read() (DatedTariff, error) {
	var r reader
	d := DatedTariff{From: read(&r, "from", f.From, parseInstant), Until: Forever, Offset: optional(&r, "utc_offset", f.UTCOffset, parseOffset)}
	if f.Until != "" {
		d.Until = read(&r, "until", f.Until, parseInstant)
	}
	t := &d.Tariff
	switch {
	case len(f.Windows) == 0:
		t.Import, t.Export = read(&r, "import", f.Import, energy.ParsePrice), read(&r, "export", f.Export, energy.ParsePrice)
	case f.Import != "" || f.Export != "":
		return d, fmt.Errorf("import and export beside windows: give one of both: %w", ErrCase)
	}
	d.Windows, d.Weekend = readWindows(&r, f.Windows), readWindows(&r, f.Weekend)
	t.Network, t.Levy = optional(&r, "network", f.Network, energy.ParsePrice), optional(&r, "levy", f.Levy, energy.ParsePrice)
	t.Fee, t.FeeShare = optional(&r, "fee", f.Fee, energy.ParsePrice), optional(&r, "fee_share", f.FeeShare, parseRate)
	t.Band, t.Markup = optional(&r, "band", f.Band, parseRate), optional(&r, "markup", f.Markup, energy.ParsePrice)
	for _, text := range f.Local {
		t.Local = append(t.Local, read(&r, "local", text, energy.ParsePrice))
	}
	if f.VAT != nil && r.err == nil {
		t.VAT, r.err = f.VAT.read()
	}
	return d, r.err
}

func readWindows(r *reader, files []windowFile) (windows []Window) {
	for _, f := range files {
		windows = append(windows, Window{read(r, "window from", f.From, parseMinute), read(r, "window import", f.Import, energy.ParsePrice),
			read(r, "window export", f.Export, energy.ParsePrice)})
	}
	return windows
}

// read resolves the rate of every taxed leg, in the order of the legs.
func (f vatFile) read() (map[Leg]Rate, error) {
	rates := map[Leg]Rate{}
	for _, leg := range taxed {
		name, given := f.Legs[leg.String()]
		if !given {
			continue // a leg without a rate is refused by Tariff.Validate
		}
		text, known := f.Rates[name]
		if !known {
			return nil, fmt.Errorf("vat: the rate %q of %s is missing: %w", name, leg, ErrCase)
		}
		rate, err := parseRate(text)
		if err != nil {
			return nil, fmt.Errorf("vat %s: %w", name, err)
		}
		rates[leg] = rate
	}
	if len(rates) != len(f.Legs) {
		return nil, fmt.Errorf("vat: there are %d legs, of which %d are taxed: %w", len(f.Legs), len(rates), ErrCase)
	}
	return rates, nil
}

// parseRate reads a share such as "0.20". It has the six decimal places of a price.
func parseRate(text string) (Rate, error) {
	p, err := energy.ParsePrice(text)
	if err == nil && (p < 0 || Rate(p) > MaxRate) {
		err = fmt.Errorf("rate %q: use 0 to 1: %w", text, energy.ErrRange)
	}
	return Rate(p), err
}

func parseInstant(text string) (int64, error) {
	t, err := time.Parse("2006-01-02T15:04:05Z", text)
	if err != nil || t.Unix() < 0 {
		return 0, fmt.Errorf("%q: want 2006-01-02T15:04:05Z: %w", text, ErrCase)
	}
	return t.Unix(), nil
}

// parseOffset reads local time's distance from UTC, such as "+02:00".
func parseOffset(text string) (time.Duration, error) {
	t, err := time.Parse("-07:00", text)
	if err != nil {
		return 0, fmt.Errorf("%q: want +02:00: %w", text, ErrCase)
	}
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second, nil
}

// parseMinute reads a time of day such as "06:30".
func parseMinute(text string) (time.Duration, error) {
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != 5 {
		return 0, fmt.Errorf("%q: want 06:30: %w", text, ErrCase)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}
