-- The ledger is laid out anew, so that a million members are settled in seconds: what is written a million rows at a time
-- has no reference and no index per row beyond its place, and every constraint on it is computed from the row alone. What
-- a foreign key said before is checked by ledger.Verify, which wattle audit runs.

ALTER TABLE transfer RENAME TO old_transfer;
ALTER TABLE account RENAME TO old_account;
DROP VIEW balance;
ALTER TABLE old_account RENAME CONSTRAINT account_pkey TO old_account_pkey;
ALTER TABLE old_account RENAME CONSTRAINT account_once TO old_account_once;
ALTER TABLE old_transfer RENAME CONSTRAINT transfer_pkey TO old_transfer_pkey;
ALTER TABLE measurement DROP CONSTRAINT measurement_of_batch, DROP CONSTRAINT measurement_of_meter;
ALTER TABLE delivery DROP CONSTRAINT delivery_of_batch, DROP CONSTRAINT delivery_of_trade;

-- account holds one asset for one owner. Its number says in its upper bits what it holds (bit 30: 0 money, 1 energy) and
-- what its balance may be (bits 28 and 29: 0 any, 1 never negative, 2 never positive); the rest counts from 0 in each class.
CREATE TABLE account (
    zone    text     NOT NULL,
    number  integer  NOT NULL CHECK (number >= 0),
    kind    text     NOT NULL,
    owner   text     NOT NULL, -- the member; empty for the zone's own accounts
    asset   text     NOT NULL, -- money: 1e-9 of the currency unit; energy: Wh
    PRIMARY KEY (zone, number),
    CONSTRAINT account_once UNIQUE (zone, kind, owner, asset),
    CONSTRAINT account_owner CHECK ((kind IN ('member', 'collateral')) = (owner <> '')),
    CONSTRAINT account_chart CHECK (CASE kind || ' ' || asset
        WHEN 'member money' THEN 0 -- a bill may be open
        WHEN 'supplier money' THEN 0
        WHEN 'network money' THEN 0
        WHEN 'platform money' THEN 0
        WHEN 'levy money' THEN 0
        WHEN 'tax money' THEN 0
        WHEN 'collateral money' THEN 1
        WHEN 'escrow money' THEN 2 -- owes what was deposited and not released
        WHEN 'member energy' THEN 5
        WHEN 'issuance energy' THEN 6 -- owes what was minted
        ELSE -1 END = number >> 28)
);

-- journal is one entry of a zone's books: all transfers of one cause. Entries are numbered without gaps and chained: digest is
-- taken over the entry and its transfers and names the digest before.
CREATE TABLE journal (
    id               bigint   PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    zone             text     NOT NULL REFERENCES zone,
    number           bigint   NOT NULL, -- from 1
    source           text     NOT NULL CHECK (source IN ('settlement', 'deposit', 'withdrawal', 'hold')),
    source_id        text     NOT NULL CHECK (source_id <> ''), -- the cause, which is entered once
    at               bigint   NOT NULL, -- Unix seconds: start of the settled interval, or when it happened
    run              integer, -- of a settlement
    transfers        integer  NOT NULL CHECK (transfers >= 0),
    digest           bytea    NOT NULL CHECK (octet_length(digest) = 32),
    previous_number  bigint,  -- absent in the first entry
    previous_digest  bytea,
    CONSTRAINT journal_once UNIQUE (zone, source, source_id),
    CONSTRAINT journal_number UNIQUE (zone, number),
    CONSTRAINT journal_digest UNIQUE (zone, number, digest),
    CONSTRAINT journal_has_no_gap CHECK (number = coalesce(previous_number, 0) + 1 AND (previous_number IS NULL) = (number = 1)
        AND (previous_number IS NULL) = (previous_digest IS NULL)),
    CONSTRAINT journal_chain FOREIGN KEY (zone, previous_number, previous_digest) REFERENCES journal (zone, number, digest),
    CONSTRAINT journal_of_batch FOREIGN KEY (zone, at, run) REFERENCES batch (zone, interval_start, run),
    CONSTRAINT journal_settles CHECK ((source = 'settlement') = (run IS NOT NULL))
);
CREATE INDEX journal_at ON journal (zone, at);

-- transfer moves an asset between two accounts of the entry's zone, in the order of the ids.
CREATE TABLE transfer (
    journal    bigint   NOT NULL,
    amount     bigint   NOT NULL CHECK (amount > 0), -- 1e-9 of the currency unit; Wh
    energy_wh  bigint   NOT NULL CHECK (energy_wh >= 0), -- what is paid for or moved
    line       integer  NOT NULL, -- from 0
    debit      integer  NOT NULL, -- gives
    credit     integer  NOT NULL, -- receives
    id         bytea    NOT NULL CHECK (octet_length(id) = 32), -- digest of the cause
    leg        text     NOT NULL, -- why
    rate       integer  NOT NULL CHECK (rate >= 0), -- of a tax, 1e-6 of the amount taxed; 0 in what is no tax
    PRIMARY KEY (journal, line),
    CONSTRAINT transfer_two_accounts CHECK (debit <> credit),
    CONSTRAINT transfer_one_asset CHECK (debit >> 30 = credit >> 30)
);

-- balance_block is what 64 accounts (number >> 6) held after an entry that touched one of them: the newest block of an
-- account says its balance. lines are the entry's transfers that touched an account: those of the n-th account stand
-- behind the first ends[n] and end with ends[n + 1].
CREATE TABLE balance_block (
    zone     text       NOT NULL,
    block    integer    NOT NULL,
    journal  bigint     NOT NULL,
    amounts  bigint[]   NOT NULL CHECK (array_length(amounts, 1) = 64),
    ends     integer[]  NOT NULL CHECK (array_length(ends, 1) = 65 AND ends[1] = 0),
    lines    integer[]  NOT NULL CHECK (coalesce(array_length(lines, 1), 0) = ends[65]),
    PRIMARY KEY (zone, block, journal),
    CONSTRAINT balance_block_no_overdraft CHECK (CASE (block >> 22) & 3
        WHEN 0 THEN true WHEN 1 THEN 0 <= ALL (amounts) WHEN 2 THEN 0 >= ALL (amounts) ELSE false END)
);
CREATE INDEX balance_block_journal ON balance_block (journal);

-- balance is the newest state of every account.
CREATE VIEW balance AS
SELECT a.zone, a.number, a.kind, a.owner, a.asset, coalesce((
    SELECT b.amounts[(a.number & 63) + 1] FROM balance_block b
    WHERE b.zone = a.zone AND b.block = a.number >> 6 ORDER BY b.journal DESC LIMIT 1), 0) AS amount
FROM account a;

-- hold_step is what an order, or all orders of a member, hold of the member's money from an entry on: 0 ends the hold.
CREATE TABLE hold_step (
    zone         text     NOT NULL,
    hold         text     NOT NULL CHECK (hold <> ''),
    step         integer  NOT NULL CHECK (step >= 0), -- without gaps
    member       text     NOT NULL,
    amount_nano  bigint   NOT NULL CHECK (amount_nano >= 0),
    previous_step integer,
    PRIMARY KEY (zone, hold, step),
    CONSTRAINT hold_step_member UNIQUE (zone, hold, step, member),
    CONSTRAINT hold_step_has_no_gap CHECK (step = coalesce(previous_step, -1) + 1 AND (previous_step IS NULL) = (step = 0)),
    CONSTRAINT hold_step_chain FOREIGN KEY (zone, hold, previous_step, member) REFERENCES hold_step (zone, hold, step, member),
    CONSTRAINT hold_step_of_member FOREIGN KEY (zone, member) REFERENCES member (zone, member)
);

-- invoice is a document about one period of one member, numbered without gaps in its zone. A document that corrects
-- another names it.
CREATE TABLE invoice (
    zone             text     NOT NULL REFERENCES zone,
    number           bigint   NOT NULL, -- from 1
    previous_number  bigint,  -- absent in the first
    kind             text     NOT NULL CHECK (kind IN ('invoice', 'self-billed-invoice', 'credit-note')),
    member           text     NOT NULL,
    period_start     bigint   NOT NULL, -- Unix seconds
    period_end       bigint   NOT NULL,
    side             text     NOT NULL CHECK (side IN ('purchase', 'sale')),
    corrects         bigint,  -- number of the first document of the period and side; absent in that one
    journal          bigint   NOT NULL, -- number of the newest entry it knows
    amount_nano      bigint   NOT NULL, -- exact; > 0 to pay by the member, < 0 to pay to the member
    amount_cents     bigint   NOT NULL, -- rounded half to even
    issued_at        bigint   NOT NULL, -- Unix seconds
    PRIMARY KEY (zone, number),
    CONSTRAINT invoice_has_no_gap CHECK (number = coalesce(previous_number, 0) + 1 AND (previous_number IS NULL) = (number = 1)),
    CONSTRAINT invoice_chain FOREIGN KEY (zone, previous_number) REFERENCES invoice (zone, number),
    CONSTRAINT invoice_corrects FOREIGN KEY (zone, corrects) REFERENCES invoice (zone, number),
    CONSTRAINT invoice_of_member FOREIGN KEY (zone, member) REFERENCES member (zone, member),
    CONSTRAINT invoice_once UNIQUE (zone, member, period_start, period_end, side, journal),
    CONSTRAINT invoice_credit_note CHECK (kind <> 'credit-note' OR corrects IS NOT NULL),
    CONSTRAINT invoice_period CHECK (period_end > period_start),
    CONSTRAINT invoice_rounds_once CHECK (abs(amount_cents::numeric * 10000000 - amount_nano) <= 5000000)
);
CREATE UNIQUE INDEX invoice_first ON invoice (zone, member, period_start, side) WHERE corrects IS NULL;

-- What stands in the old tables goes over.
INSERT INTO account (zone, number, kind, owner, asset)
SELECT zone, class << 28 | (row_number() OVER (PARTITION BY zone, class ORDER BY id) - 1)::integer, kind, owner, asset
FROM old_account, LATERAL (SELECT CASE WHEN asset = 'money' THEN 0 WHEN kind = 'member' THEN 5 ELSE 6 END) AS c (class);

DO $$
DECLARE
    b record;
    before record;
    entry bigint;
    head bytea;
BEGIN
    FOR b IN SELECT zone, interval_start, interval_seconds, run FROM batch WHERE state IN ('posted', 'minted', 'final')
        ORDER BY zone, interval_start, run
    LOOP
        SELECT number, digest INTO before FROM journal WHERE zone = b.zone ORDER BY number DESC LIMIT 1;
        -- The layout of an entry, docs/protocol.md.
        SELECT convert_to('wattle/journal/1', 'UTF8') || convert_to(b.zone, 'UTF8') || decode(repeat('00', 32 - octet_length(b.zone)), 'hex')
            || int8send(coalesce(before.number, 0) + 1) || coalesce(before.digest, decode(repeat('00', 32), 'hex')) || '\x01'::bytea
            || int8send(b.interval_start) || sha256(convert_to(b.interval_start || '/' || b.run, 'UTF8'))
            || int4send(count(t.id)::integer)
            || coalesce(string_agg(t.id || d.party || c.party || set_byte('\x00', 0, CASE t.asset WHEN 'money' THEN 1 ELSE 2 END) || int8send(t.amount)
                || set_byte('\x00', 0, array_position(ARRAY['trade', 'residual-import', 'residual-export', 'network', 'mint', 'delivery'], t.leg))
                || int8send(t.energy_wh) || int4send(0), ''::bytea ORDER BY t.id), '')
        INTO head FROM old_transfer t
        JOIN LATERAL (SELECT set_byte('\x00', 0, array_position(ARRAY['member', 'supplier', 'network', 'issuance'], kind))
            || convert_to(owner, 'UTF8') || decode(repeat('00', 32 - octet_length(owner)), 'hex') FROM old_account WHERE id = t.debit_id) AS d (party) ON true
        JOIN LATERAL (SELECT set_byte('\x00', 0, array_position(ARRAY['member', 'supplier', 'network', 'issuance'], kind))
            || convert_to(owner, 'UTF8') || decode(repeat('00', 32 - octet_length(owner)), 'hex') FROM old_account WHERE id = t.credit_id) AS c (party) ON true
        WHERE t.zone = b.zone AND t.interval_start = b.interval_start AND t.run = b.run;
        INSERT INTO journal (zone, number, source, source_id, at, run, transfers, digest, previous_number, previous_digest)
        VALUES (b.zone, coalesce(before.number, 0) + 1, 'settlement', b.interval_start || '/' || b.run, b.interval_start, b.run,
            (SELECT count(*) FROM old_transfer WHERE (zone, interval_start, run) = (b.zone, b.interval_start, b.run)),
            sha256(head), before.number, before.digest)
        RETURNING id INTO entry;
        INSERT INTO transfer (journal, amount, energy_wh, line, debit, credit, id, leg, rate)
        SELECT entry, t.amount, t.energy_wh, row_number() OVER (ORDER BY t.id) - 1, nd.number, nc.number, t.id, t.leg, 0
        FROM old_transfer t
        JOIN old_account d ON d.id = t.debit_id JOIN account nd ON (nd.zone, nd.kind, nd.owner, nd.asset) = (d.zone, d.kind, d.owner, d.asset)
        JOIN old_account c ON c.id = t.credit_id JOIN account nc ON (nc.zone, nc.kind, nc.owner, nc.asset) = (c.zone, c.kind, c.owner, c.asset)
        WHERE t.zone = b.zone AND t.interval_start = b.interval_start AND t.run = b.run;
        INSERT INTO balance_block (zone, block, journal, amounts, ends, lines)
        SELECT b.zone, k.block, entry,
            (SELECT array_agg(coalesce(o.amounts[s + 1], 0) + coalesce((SELECT sum(amount) FROM transfer WHERE journal = entry AND credit = k.block << 6 | s), 0)::bigint
                - coalesce((SELECT sum(amount) FROM transfer WHERE journal = entry AND debit = k.block << 6 | s), 0)::bigint ORDER BY s) FROM generate_series(0, 63) s),
            0 || (SELECT array_agg((SELECT count(*) FROM transfer t, LATERAL (VALUES (debit), (credit)) AS side (account)
                WHERE journal = entry AND account >> 6 = k.block AND account & 63 <= s)::integer ORDER BY s) FROM generate_series(0, 63) s),
            (SELECT array_agg(line ORDER BY account, line) FROM transfer t, LATERAL (VALUES (debit), (credit)) AS side (account)
                WHERE journal = entry AND account >> 6 = k.block)
        FROM (SELECT DISTINCT account >> 6 AS block FROM transfer, LATERAL (VALUES (debit), (credit)) AS side (account) WHERE journal = entry) k
        LEFT JOIN LATERAL (SELECT amounts FROM balance_block o WHERE o.zone = b.zone AND o.block = k.block ORDER BY journal DESC LIMIT 1) o ON true;
    END LOOP;
END $$;

DROP TABLE old_transfer, old_account;

-- From now on measurements are written with the attestation. A batch that has the one and not the other takes its attestation
-- once more: the clerk reads that log again, where repeats are harmless.
UPDATE consumer SET stream_sequence = 0
WHERE name IN (SELECT zone || '/clerk/attest' FROM batch WHERE state = 'attested');
UPDATE batch SET state = 'traded', attestation = NULL WHERE state = 'attested';
