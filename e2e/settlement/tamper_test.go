package settlement_test

import (
	"strings"
	"testing"

	"github.com/wattle/wattle/settlement/audit"
)

// tampering is one change in the database, by somebody who may switch its constraints off, and what the audit must name.
type tampering struct {
	name  string
	sql   string
	words []string
}

// In SQL, {0} {1} {2} are the starts of the intervals, and {trade}, {issue} and so on the rows they describe.
var rows = strings.NewReplacer(
	"{0}", "1782028800", "{1}", "1782029700", "{2}", "1782030600", "{9}", "1782036900",
	"{trade}", "id = (SELECT t.id FROM transfer t JOIN journal j ON j.id = journal WHERE leg = 'trade' AND at = 1782028800 ORDER BY t.id LIMIT 1)",
	"{mint}", "id = (SELECT t.id FROM transfer t JOIN journal j ON j.id = journal WHERE leg = 'mint' AND at = 1782029700 ORDER BY t.id LIMIT 1)",
	"{entry 0}", "(SELECT id FROM journal WHERE at = 1782028800)", "{entry 1}", "(SELECT id FROM journal WHERE at = 1782029700)", "{entry 2}", "(SELECT id FROM journal WHERE at = 1782030600)",
	"{anna money}", "(SELECT number FROM account WHERE kind = 'member' AND owner = 'anna' AND asset = 'money')",
	"{ben money}", "(SELECT number FROM account WHERE kind = 'member' AND owner = 'ben' AND asset = 'money')",
	"{carla money}", "(SELECT number FROM account WHERE kind = 'member' AND owner = 'carla' AND asset = 'money')",
	"{supplier money}", "(SELECT number FROM account WHERE kind = 'supplier' AND asset = 'money')",
	"{anna energy}", "(SELECT number FROM account WHERE owner = 'anna' AND asset = 'energy')",
	"{ben energy}", "(SELECT number FROM account WHERE owner = 'ben' AND asset = 'energy')",
	"{columns}", "(journal, line, id, debit, credit, amount, leg, energy_wh, rate)",
	"{rogue}", "decode(repeat('ab', 32), 'hex')",
	"{first trade}", "sequence = (SELECT min(sequence) FROM trade) AND index = (SELECT min(index) FROM trade WHERE sequence = (SELECT min(sequence) FROM trade))",
)

const (
	zero = "street 2026-06-21T08:00Z/PT15M run 0"
	one  = "street 2026-06-21T08:15Z/PT15M run 0"
	two  = "street 2026-06-21T08:30Z/PT15M run 0"
	nine = "street 2026-06-21T10:15Z/PT15M run 0"
)

var tamperings = []tampering{
	{"transfer amount", `UPDATE transfer SET amount = amount + 1 WHERE {trade}`, []string{zero, "transfer", "trade"}},
	{"transfer energy", `UPDATE transfer SET energy_wh = energy_wh + 1 WHERE {trade}`, []string{zero, "transfer"}},
	{"transfer rate", `UPDATE transfer SET rate = 200000 WHERE {trade}`, []string{zero, "transfer"}},
	{"transfer leg", `UPDATE transfer SET leg = 'network' WHERE {trade}`, []string{zero, "transfer", "network"}},
	{"transfer asset of its accounts", `UPDATE transfer SET debit = {ben energy}, credit = {anna energy} WHERE leg = 'trade' AND debit = {ben money}`, []string{zero, "transfer", "energy"}},
	{"transfer debit", `UPDATE transfer SET debit = {supplier money} WHERE {trade}`, []string{zero, "transfer", "from supplier"}},
	{"transfer credit", `UPDATE transfer SET credit = {carla money} WHERE leg = 'trade' AND debit = {ben money} AND journal = {entry 2}`, []string{two, "transfer", "to member carla"}},
	{"transfer id", `UPDATE transfer SET id = {rogue} WHERE {mint}`, []string{one, "transfer", "mint 800 energy"}},
	{"transfer line", `UPDATE transfer SET line = 99 WHERE {mint}`, []string{one, "transfer"}},
	{"transfer of another entry", `UPDATE transfer SET journal = {entry 2}, line = 99 WHERE {mint}`, []string{one, "transfer", "mint 800 energy"}},
	{"transfer missing", `DELETE FROM transfer WHERE {mint}`, []string{one, "transfer", "mint 800 energy"}},
	{"transfer extra", `INSERT INTO transfer {columns} VALUES ({entry 1}, 99, {rogue}, {ben money}, {anna money}, 5, 'trade', 0, 0)`, []string{one, "transfer", "abab"}},
	{"transfer of no entry", `INSERT INTO transfer {columns} VALUES (999, 0, {rogue}, {ben money}, {anna money}, 5, 'trade', 0, 0)`, []string{"1 transfers", "no entry"}},
	{"entry that no batch explains", `INSERT INTO journal (zone, number, source, source_id, at, transfers, digest, previous_number, previous_digest)
			SELECT 'street', 4, 'deposit', 'x', 0, 1, {rogue}, 3, digest FROM journal WHERE number = 3;
		INSERT INTO transfer {columns} SELECT id, 0, {rogue}, {ben money}, {anna money}, 5, 'deposit', 0, 0 FROM journal WHERE number = 4`, []string{"entry 4", "digest"}},

	{"entry digest", `UPDATE journal SET digest = {rogue} WHERE number = 3`, []string{"street entry 3", "digest"}},
	{"entry chain", `UPDATE journal SET previous_digest = {rogue} WHERE number = 2`, []string{"street entry 2", "before it"}},
	{"entry number", `UPDATE journal SET number = 7, previous_number = 6 WHERE number = 2`, []string{"street entry 3", "follows entry 1"}},
	{"entry time", `UPDATE journal SET at = {9} WHERE number = 2`, []string{"street entry 2", "digest"}},
	{"entry source", `UPDATE journal SET source = 'deposit', run = NULL WHERE number = 2`, []string{one, "transfer"}},
	{"entry cause", `UPDATE journal SET source_id = 'x' WHERE number = 2`, []string{one, "transfer"}},
	{"entry transfers", `UPDATE journal SET transfers = transfers + 1 WHERE number = 2`, []string{"street entry 2", "transfers, it says"}},
	{"entry zone", `UPDATE journal SET zone = 'other' WHERE number = 3`, []string{two, "transfer"}},
	{"entry missing", `DELETE FROM journal WHERE number = 3`, []string{two, "transfer"}},

	{"balance", `UPDATE balance_block SET amounts[2] = amounts[2] + 1 WHERE journal = {entry 1} AND block = 0`, []string{"street entry 2", "balance of account 1"}},
	{"balance ends", `UPDATE balance_block SET ends[2] = ends[2] + 1 WHERE journal = {entry 1} AND block = 0`, []string{"street entry 2", "other transfers"}},
	{"balance lines", `UPDATE balance_block SET lines[1] = lines[1] + 1 WHERE journal = {entry 1} AND block = 0`, []string{"street entry 2", "other transfers"}},
	{"balances missing", `DELETE FROM balance_block WHERE journal = {entry 1} AND block = 0`, []string{"street entry 2"}},
	{"balances extra", `INSERT INTO balance_block SELECT zone, 77, journal, amounts, ends, lines FROM balance_block WHERE journal = {entry 1} AND block = 0`, []string{"street entry 2", "block"}},
	{"balances of no entry", `INSERT INTO balance_block SELECT zone, 77, 999, amounts, ends, lines FROM balance_block WHERE journal = {entry 1} AND block = 0`, []string{"1 balances", "no entry"}},

	{"account owner", `UPDATE account SET owner = 'zoe' WHERE number = {anna energy}`, []string{zero, "zoe"}},
	{"account kind", `UPDATE account SET kind = 'platform' WHERE number = {supplier money}`, []string{zero, "transfer"}},
	{"account asset", `UPDATE account SET kind = 'member', owner = 'zoe', asset = 'energy', number = 5 << 28 | 9 WHERE number = {supplier money}`, []string{zero, "transfer"}},
	{"account zone", `UPDATE account SET zone = 'other' WHERE number = {supplier money}`, []string{zero, "transfer"}},
	{"account extra", `INSERT INTO account (zone, number, kind, owner, asset) VALUES ('street', 99, 'member', 'zoe', 'money')`, []string{"street balance", "member zoe money 0"}},

	{"measurement import", `UPDATE measurement SET import_wh = import_wh + 1 WHERE meter = 'ben-grid' AND interval_start = {1}`, []string{one, "measurement", "ben-grid"}},
	{"measurement export", `UPDATE measurement SET export_wh = export_wh + 1 WHERE meter = 'ben-grid' AND interval_start = {1}`, []string{one, "measurement", "ben-grid"}},
	{"measurement since", `UPDATE measurement SET since = since + 900 WHERE meter = 'ben-grid' AND interval_start = {1}`, []string{one, "measurement", "ben-grid"}},
	{"measurement quality", `UPDATE measurement SET quality = 'measured' WHERE meter = 'carla-grid' AND interval_start = {2}`, []string{two, "measurement", "carla-grid", "late"}},
	{"measurement reading", `UPDATE measurement SET reading = {rogue} WHERE meter = 'ben-grid' AND interval_start = {1}`, []string{one, "measurement", "ben-grid", "abab"}},
	{"measurement meter", `UPDATE measurement SET meter = 'carla-grid' WHERE meter = 'ben-grid' AND interval_start = {1}`, []string{one, "measurement", "carla-grid"}},
	{"measurement run", `UPDATE measurement SET run = 1 WHERE meter = 'ben-grid' AND interval_start = {1}`, []string{one, "measurement", "ben-grid", "nothing"}},
	{"measurement missing", `DELETE FROM measurement WHERE meter = 'ben-grid' AND interval_start = {1}`, []string{one, "measurement", "ben-grid", "nothing"}},
	{"measurement extra", `INSERT INTO measurement VALUES ('street', {1}, 0, 'carla-grid', 1, 0, {1}, 'measured', {rogue})`, []string{one, "measurement", "carla-grid"}},

	{"delivery energy", `UPDATE delivery SET delivered_wh = delivered_wh - 1 WHERE {first trade}`, []string{zero, "delivery"}},
	{"delivery missing", `DELETE FROM delivery WHERE {first trade}`, []string{zero, "delivery"}},
	{"delivery extra", `INSERT INTO delivery SELECT 'street', {1}, 0, sequence, index, 7 FROM trade WHERE {first trade}`, []string{one, "delivery", "7Wh"}},
	{"delivery interval", `UPDATE delivery SET interval_start = {1} WHERE {first trade}`, []string{zero, "delivery"}},

	{"trade buyer", `UPDATE trade SET buyer = 'carla' WHERE {first trade}`, []string{"street trade 3.1", "anna->carla"}},
	{"trade seller", `UPDATE trade SET seller = 'carla' WHERE {first trade}`, []string{"street trade 3.1", "carla->ben"}},
	{"trade quantity", `UPDATE trade SET quantity_wh = quantity_wh + 1 WHERE {first trade}`, []string{"street trade 3.1"}},
	{"trade price", `UPDATE trade SET price_micro = price_micro + 1 WHERE {first trade}`, []string{"street trade 3.1"}},
	{"trade interval", `UPDATE trade SET interval_start = {1} WHERE {first trade}`, []string{"street trade 3.1", "1782029700"}},
	{"trade index", `UPDATE trade SET index = 9 WHERE {first trade}`, []string{"street trade 3.9"}},
	{"trade missing", `DELETE FROM trade WHERE {first trade}`, []string{"street trade", "3.1"}},
	{"newest trade missing", `DELETE FROM trade WHERE sequence = (SELECT max(sequence) FROM trade)`, []string{"street trade", "not in the ledger"}},
	{"trade extra", `INSERT INTO trade VALUES ('street', 999, 1, {1}, 'ben', 'anna', 5, 180000)`, []string{"street trade 999.1", "not in the market's log"}},

	{"batch delivered", `UPDATE batch SET delivered_wh = delivered_wh + 1 WHERE interval_start = {0}`, []string{zero, "delivered"}},
	{"batch transaction", `UPDATE batch SET mint_transaction = {rogue} WHERE interval_start = {1}`, []string{one, "abab"}},
	{"batch block", `UPDATE batch SET mint_block = mint_block + 1 WHERE interval_start = {1}`, []string{one, "block"}},
	{"batch signature", `UPDATE batch SET attestation = set_byte(attestation, 200, 255 - get_byte(attestation, 200)) WHERE interval_start = {1}`, []string{one, "attestation"}},
	{"batch attestation", `UPDATE batch SET attestation = (SELECT attestation FROM batch WHERE interval_start = {2}) WHERE interval_start = {1}`, []string{one, "attestation"}},
	{"batch length", `UPDATE batch SET interval_seconds = 300 WHERE interval_start = {1}`, []string{"2026-06-21T08:15Z/PT5M"}},
	{"batch run", `UPDATE batch SET run = 1 WHERE interval_start = {1}`, []string{"2026-06-21T08:15Z/PT15M run 1"}},
	{"batch back to attested", `UPDATE batch SET state = 'attested', delivered_wh = NULL, mint_transaction = NULL, mint_block = NULL WHERE interval_start = {1}`, []string{one, "transfer"}},
	{"batch back to traded", `UPDATE batch SET state = 'traded' WHERE interval_start = {1}`, []string{one, "traded"}},
	{"batch missing", `DELETE FROM batch WHERE interval_start = {1}; DELETE FROM measurement WHERE interval_start = {1}; DELETE FROM delivery WHERE interval_start = {1};
		DELETE FROM transfer WHERE journal = {entry 1}`, []string{one, "not in the ledger"}},
	{"batch extra", `INSERT INTO batch (zone, interval_start, interval_seconds, run, state) VALUES ('street', {9}, 900, 0, 'traded')`, []string{nine, "neither"}},

	{"market position ahead", `UPDATE consumer SET stream_sequence = stream_sequence + 1 WHERE name = 'street/clerk/market'`, []string{"market log", "ends"}},
	{"market position back", `UPDATE consumer SET stream_sequence = 1 WHERE name = 'street/clerk/market'`, []string{"street trade 3.1"}},
	{"attestation position ahead", `UPDATE consumer SET stream_sequence = stream_sequence + 1 WHERE name = 'street/clerk/attest'`, []string{"attestation log", "ends"}},
	{"attestation position back", `UPDATE consumer SET stream_sequence = 1 WHERE name = 'street/clerk/attest'`, []string{one}},
	{"owner of a meter", `UPDATE meter SET member = 'carla' WHERE meter = 'ben-grid'`, []string{zero, "delivered"}},
}

// The tables that tamperings touch, in an order in which they can be filled.
var tables = []string{"zone", "meter", "consumer", "batch", "trade", "measurement", "delivery", "account", "journal", "transfer", "balance_block", "hold_step", "invoice"}

// Whatever is changed in the database behind the program's back is named.
func TestAuditFindsEveryTampering(t *testing.T) {
	settled(t).tamper(t, tamperings)
}

// tamper makes each change, lets the audit find it, and puts everything back.
func (s *street) tamper(t *testing.T, changes []tampering) {
	t.Helper()
	exec := func(t *testing.T, sql string) {
		t.Helper()
		if _, err := s.db.Exec(t.Context(), "BEGIN; SET LOCAL ROLE NONE; SET LOCAL session_replication_role = replica; "+sql+"; COMMIT"); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	var keep, restore []string
	for _, table := range tables {
		keep = append(keep, "CREATE TABLE kept_"+table+" AS TABLE "+table)
		restore = append(restore, "DELETE FROM "+table, "INSERT INTO "+table+" OVERRIDING SYSTEM VALUE TABLE kept_"+table)
	}
	exec(t, strings.Join(keep, "; "))
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			defer exec(t, strings.Join(restore, "; "))
			exec(t, rows.Replace(c.sql))
			finds(t, s.auditConfig(), c.words...)
		})
	}
	if _, err := audit.Run(t.Context(), s.auditConfig()); err != nil {
		t.Errorf("all put back: got %v, want no difference", err)
	}
}
