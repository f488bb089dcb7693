package pgtest_test

import (
	"testing"

	"github.com/wattle/wattle/internal/pgtest"
)

func TestDatabasesAreFreshAndApart(t *testing.T) {
	first, second := pgtest.New(t), pgtest.New(t)
	if _, err := first.Exec(t.Context(), `SET ROLE NONE; CREATE TABLE only_here ()`); err != nil { // the program's role may not
		t.Fatal(err)
	}
	const tables = `SELECT count(*) FROM pg_tables WHERE tablename = $1`
	for table, want := range map[string]int{"schema_version": 1, "only_here": 0} {
		var got int
		if err := second.QueryRow(t.Context(), tables, table).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %d tables, error %v, want %d", table, got, err, want)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	pgtest.New(b) // starts the cluster
	for b.Loop() {
		pgtest.New(b)
	}
}
