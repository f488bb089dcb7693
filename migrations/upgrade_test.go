package migrations_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wattle/wattle/migrations"
)

// The digests of the old entries by their layout in docs/protocol.md, computed without this program.
const (
	firstDigest  = "ff9188a74619ba95ba7a27ed378d501ee957ea39535f2d9508dc30d9637d0f62"
	secondDigest = "4ac5ad4d5f466bf291c609a93ca01e5da5edf5938b72f4db1f2f51397d5313d7"
)

// What a street of the second schema holds stands in the books of the newest, unchanged and chained.
func TestTheOldLedgerGoesOver(t *testing.T) {
	db := connect(t, empty(t))
	names, err := filepath.Glob("000[12]*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(names, filepath.Join("testdata", "second.sql")) {
		sql, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		execute(t, db, string(sql))
	}
	if err := migrations.Apply(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	for name, query := range map[string]string{
		"entries of posted batches, in order": `SELECT string_agg(number || ' ' || source_id || ' ' || transfers, ', ' ORDER BY number) = '1 1782028800/0 3, 2 1782029700/0 1' FROM journal`,
		"the digest of the first":             `SELECT encode(digest, 'hex') = '` + firstDigest + `' FROM journal WHERE number = 1`,
		"the digest of the second":            `SELECT encode(digest, 'hex') = '` + secondDigest + `' FROM journal WHERE number = 2`,
		"the chain":                           `SELECT previous_digest = (SELECT digest FROM journal WHERE number = 1) FROM journal WHERE number = 2`,
		"balances": `SELECT string_agg(kind || owner || ' ' || asset || ' ' || amount, ', ' ORDER BY kind, owner, asset) =
			'issuance energy -1000, memberanna energy 200, memberanna money 180000, memberben energy 800, memberben money -236000, network money 56000' FROM balance`,
		"transfers in the order of their ids": `SELECT array_agg(line ORDER BY id) = '{0,1,2}' FROM transfer WHERE journal = 1`,
		"where each account's transfers are": `SELECT string_agg(amount || ' of ' || owner || ' ' || a.asset, ', ' ORDER BY j.number, amount, owner) =
			'800 of anna energy, 800 of ben energy, 1000 of anna energy, 180000 of anna money, 180000 of ben money, 56000 of ben money'
			FROM account a JOIN balance_block b ON b.zone = a.zone AND block = a.number >> 6 JOIN journal j ON j.id = journal,
			LATERAL unnest(lines[ends[(a.number & 63) + 1] + 1 : ends[(a.number & 63) + 2]]) l (place)
			JOIN transfer t ON t.line = place WHERE t.journal = b.journal AND kind = 'member'`,
		"an attested batch takes its attestation again": `SELECT state = 'traded' AND attestation IS NULL FROM batch WHERE interval_start = 1782030600`,
		"from the beginning of the log":                 `SELECT stream_sequence = 0 FROM consumer`,
	} {
		var right bool
		if err := db.QueryRow(t.Context(), query).Scan(&right); err != nil || !right {
			t.Errorf("%s: got %t, %v", name, right, err)
		}
	}
}
