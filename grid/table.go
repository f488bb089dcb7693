package grid

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// table is rows of named columns, from a CSV file or a data frame. What is absent is the empty text.
type table struct {
	name    string
	columns []string
	rows    [][]string
	f       *findings
}

// csvTable reads a CSV file (RFC 4180) whose first line names its columns, all of which must be known.
func csvTable(f *findings, name, text string, known []string) table {
	t := table{name: name, f: f}
	reader := csv.NewReader(strings.NewReader(text))
	reader.TrimLeadingSpace = true
	records, err := reader.ReadAll()
	if err != nil {
		f.add(name, err.Error(), "write one comma separated line for each element, and as many cells as columns")
		return t
	}
	if len(records) == 0 {
		f.add(name, "it is empty", "begin with a line that names its columns: "+strings.Join(known, ", "))
		return t
	}
	for _, c := range records[0] {
		c = strings.TrimSpace(strings.TrimPrefix(c, "\ufeff")) // spreadsheets write a byte order mark
		f.need(slices.Contains(known, c), name, fmt.Sprintf("unknown column %q", c), "known are "+strings.Join(known, ", "))
		f.need(!slices.Contains(t.columns, c), name, fmt.Sprintf("column %q is there twice", c), "name each column once")
		t.columns = append(t.columns, c)
	}
	t.rows = records[1:]
	return t
}

// frame reads one of pandapower's data frames, with the index as a column named "index".
func frame(f *findings, name string, raw json.RawMessage) table {
	t := table{name: name, f: f}
	if len(raw) == 0 || string(raw) == "null" {
		return t
	}
	var outer struct {
		Object json.RawMessage `json:"_object"`
	}
	var content struct {
		Columns []string            `json:"columns"`
		Index   []json.RawMessage   `json:"index"`
		Data    [][]json.RawMessage `json:"data"`
	}
	err := json.Unmarshal(raw, &outer)
	if err == nil {
		inner := []byte(outer.Object)
		var text string // as text, or since version 3 as it is
		if json.Unmarshal(outer.Object, &text) == nil {
			inner = []byte(text)
		}
		err = json.Unmarshal(inner, &content)
	}
	if err != nil {
		f.add(name, "it is not a data frame: "+err.Error(), "export the network again with pandapower's to_json")
		return t
	}
	t.columns = append([]string{"index"}, content.Columns...)
	for i, row := range content.Data {
		if i >= len(content.Index) || len(row) != len(content.Columns) {
			f.add(name, fmt.Sprintf("row %d does not fit its columns", i), "export the network again with pandapower's to_json")
			return t
		}
		cells := []string{cell(content.Index[i])}
		for _, c := range row {
			cells = append(cells, cell(c))
		}
		t.rows = append(t.rows, cells)
	}
	return t
}

// cell is a JSON value as text; null and NaN are absent.
func cell(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	switch s := string(raw); s {
	case "null", "NaN":
		return ""
	default:
		return s
	}
}

// row is one line of a table.
type row struct {
	*table
	cells []string
	label string
}

func (t *table) each(use func(r row)) {
	for i, cells := range t.rows {
		r := row{table: t, cells: cells, label: fmt.Sprintf("%s, row %d", t.name, i+1)}
		if id := r.text("id") + r.text("index"); id != "" {
			r.label = t.name + " " + id
		}
		use(r)
	}
}

// text is a cell, or "" where the column or its value is absent.
func (r row) text(column string) string {
	if i := slices.Index(r.columns, column); i >= 0 && i < len(r.cells) {
		return strings.TrimSpace(r.cells[i])
	}
	return ""
}

// number is a cell that must be a number, with a value for where it is absent; NaN as that value makes it required.
func (r row) number(column string, absent float64) float64 {
	text := r.text(column)
	if text == "" {
		r.f.need(!math.IsNaN(absent), r.label, fmt.Sprintf("it has no %s", column), "give it")
		return absent
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !finite(x) {
		r.f.add(r.label, fmt.Sprintf("%s is %q", column, text), "give a number, with a point before decimals")
		return absent
	}
	return x
}

// required marks a number that a row must have.
var required = math.NaN()

// whole is a cell that must be a whole number.
func (r row) whole(column string, absent float64) int {
	x := r.number(column, absent)
	if math.IsNaN(x) {
		return 0 // said before
	}
	if x != math.Trunc(x) || math.Abs(x) > 1e9 {
		r.f.add(r.label, fmt.Sprintf("%s is %g", column, x), "give a whole number")
		return 0
	}
	return int(x)
}

// flag is a cell that says yes or no, with a value for where it is absent.
func (r row) flag(column string, absent bool) bool {
	switch text := strings.ToLower(r.text(column)); text {
	case "":
		return absent
	case "true", "yes", "1":
		return true
	case "false", "no", "0":
		return false
	default:
		r.f.add(r.label, fmt.Sprintf("%s is %q", column, text), "write true or false")
		return absent
	}
}
