-- Written by go test ./migrations -rewrite from the server's catalogue.

CREATE TABLE account (
    zone text NOT NULL,
    number integer NOT NULL,
    kind text NOT NULL,
    owner text NOT NULL,
    asset text NOT NULL,
    CONSTRAINT account_chart CHECK (
CASE (kind || ' '::text) || asset
    WHEN 'member money'::text THEN 0
    WHEN 'supplier money'::text THEN 0
    WHEN 'network money'::text THEN 0
    WHEN 'platform money'::text THEN 0
    WHEN 'levy money'::text THEN 0
    WHEN 'tax money'::text THEN 0
    WHEN 'collateral money'::text THEN 1
    WHEN 'escrow money'::text THEN 2
    WHEN 'member energy'::text THEN 5
    WHEN 'issuance energy'::text THEN 6
    ELSE '-1'::integer
END = (number >> 28)),
    CONSTRAINT account_number_check CHECK (number >= 0),
    CONSTRAINT account_once UNIQUE (zone, kind, owner, asset),
    CONSTRAINT account_owner CHECK ((kind = ANY (ARRAY['member'::text, 'collateral'::text])) = (owner <> ''::text)),
    CONSTRAINT account_pkey PRIMARY KEY (zone, number)
);

CREATE TABLE api_token (
    id text NOT NULL,
    digest bytea NOT NULL,
    zone text NOT NULL,
    member text NOT NULL,
    scope text NOT NULL,
    label text NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT api_token_digest_check CHECK (octet_length(digest) = 32),
    CONSTRAINT api_token_id_check CHECK (id ~ '^[0-9a-f]{16}$'::text),
    CONSTRAINT api_token_label_check CHECK (length(label) <= 100),
    CONSTRAINT api_token_of_member FOREIGN KEY (zone, member) REFERENCES member(zone, member),
    CONSTRAINT api_token_pkey PRIMARY KEY (id),
    CONSTRAINT api_token_revoked_later CHECK (revoked_at >= issued_at),
    CONSTRAINT api_token_scope_check CHECK (scope = ANY (ARRAY['read'::text, 'trade'::text]))
);

CREATE TABLE balance_block (
    zone text NOT NULL,
    block integer NOT NULL,
    journal bigint NOT NULL,
    amounts bigint[] NOT NULL,
    ends integer[] NOT NULL,
    lines integer[] NOT NULL,
    CONSTRAINT balance_block_amounts_check CHECK (array_length(amounts, 1) = 64),
    CONSTRAINT balance_block_check CHECK (COALESCE(array_length(lines, 1), 0) = ends[65]),
    CONSTRAINT balance_block_ends_check CHECK (array_length(ends, 1) = 65 AND ends[1] = 0),
    CONSTRAINT balance_block_no_overdraft CHECK (
CASE (block >> 22) & 3
    WHEN 0 THEN true
    WHEN 1 THEN 0 <= ALL (amounts)
    WHEN 2 THEN 0 >= ALL (amounts)
    ELSE false
END),
    CONSTRAINT balance_block_pkey PRIMARY KEY (zone, block, journal)
);

CREATE TABLE batch (
    zone text NOT NULL,
    interval_start bigint NOT NULL,
    interval_seconds integer NOT NULL,
    run integer NOT NULL,
    state text NOT NULL,
    attestation bytea,
    delivered_wh bigint,
    mint_transaction bytea,
    mint_block bigint,
    problem text,
    announced boolean NOT NULL DEFAULT false,
    CONSTRAINT batch_attested CHECK (state = 'traded'::text OR attestation IS NOT NULL),
    CONSTRAINT batch_delivered_wh_check CHECK (delivered_wh >= 0),
    CONSTRAINT batch_mint_transaction_check CHECK (octet_length(mint_transaction) = 32),
    CONSTRAINT batch_minted CHECK ((state <> ALL (ARRAY['minted'::text, 'final'::text])) OR mint_transaction IS NOT NULL),
    CONSTRAINT batch_pkey PRIMARY KEY (zone, interval_start, run),
    CONSTRAINT batch_posted CHECK ((state = ANY (ARRAY['traded'::text, 'attested'::text])) OR delivered_wh IS NOT NULL),
    CONSTRAINT batch_problem_check CHECK (problem <> ''::text),
    CONSTRAINT batch_run_check CHECK (run >= 0),
    CONSTRAINT batch_state_check CHECK (state = ANY (ARRAY['traded'::text, 'attested'::text, 'posted'::text, 'minted'::text, 'final'::text])),
    CONSTRAINT batch_zone_fkey FOREIGN KEY (zone) REFERENCES zone(zone)
);

CREATE TABLE chain_attempt (
    sender bytea NOT NULL,
    nonce bigint NOT NULL,
    attempt smallint NOT NULL,
    hash bytea NOT NULL,
    raw bytea NOT NULL,
    CONSTRAINT chain_attempt_attempt_check CHECK (attempt >= 0),
    CONSTRAINT chain_attempt_hash UNIQUE (hash),
    CONSTRAINT chain_attempt_hash_check CHECK (octet_length(hash) = 32),
    CONSTRAINT chain_attempt_pkey PRIMARY KEY (sender, nonce, attempt),
    CONSTRAINT chain_attempt_transaction FOREIGN KEY (sender, nonce) REFERENCES chain_transaction(sender, nonce)
);

CREATE TABLE chain_transaction (
    purpose text NOT NULL,
    sender bytea NOT NULL,
    nonce bigint NOT NULL,
    state text NOT NULL,
    mined bytea,
    block bigint,
    CONSTRAINT chain_transaction_block_check CHECK (block >= 0),
    CONSTRAINT chain_transaction_mined CHECK ((state = ANY (ARRAY['mined'::text, 'safe'::text, 'final'::text])) = (mined IS NOT NULL) AND (mined IS NULL) = (block IS NULL)),
    CONSTRAINT chain_transaction_mined_check CHECK (octet_length(mined) = 32),
    CONSTRAINT chain_transaction_nonce UNIQUE (sender, nonce),
    CONSTRAINT chain_transaction_nonce_check CHECK (nonce >= 0),
    CONSTRAINT chain_transaction_pkey PRIMARY KEY (purpose),
    CONSTRAINT chain_transaction_sender_check CHECK (octet_length(sender) = 20),
    CONSTRAINT chain_transaction_state CHECK (state = ANY (ARRAY['prepared'::text, 'sent'::text, 'mined'::text, 'safe'::text, 'final'::text, 'reverted'::text, 'displaced'::text]))
);

CREATE TABLE consumer (
    name text NOT NULL,
    stream_sequence bigint NOT NULL,
    CONSTRAINT consumer_pkey PRIMARY KEY (name),
    CONSTRAINT consumer_stream_sequence_check CHECK (stream_sequence >= 0)
);

CREATE TABLE contract (
    name text NOT NULL,
    chain_id bigint NOT NULL,
    address bytea NOT NULL,
    CONSTRAINT contract_address_check CHECK (octet_length(address) = 20),
    CONSTRAINT contract_pkey PRIMARY KEY (name)
);

CREATE TABLE delivery (
    zone text NOT NULL,
    interval_start bigint NOT NULL,
    run integer NOT NULL,
    sequence bigint NOT NULL,
    index smallint NOT NULL,
    delivered_wh bigint NOT NULL,
    CONSTRAINT delivery_delivered_wh_check CHECK (delivered_wh >= 0),
    CONSTRAINT delivery_pkey PRIMARY KEY (zone, interval_start, run, sequence, index)
);

CREATE TABLE hold_step (
    zone text NOT NULL,
    hold text NOT NULL,
    step integer NOT NULL,
    member text NOT NULL,
    amount_nano bigint NOT NULL,
    previous_step integer,
    CONSTRAINT hold_step_amount_nano_check CHECK (amount_nano >= 0),
    CONSTRAINT hold_step_chain FOREIGN KEY (zone, hold, previous_step, member) REFERENCES hold_step(zone, hold, step, member),
    CONSTRAINT hold_step_has_no_gap CHECK (step = (COALESCE(previous_step, '-1'::integer) + 1) AND (previous_step IS NULL) = (step = 0)),
    CONSTRAINT hold_step_hold_check CHECK (hold <> ''::text),
    CONSTRAINT hold_step_member UNIQUE (zone, hold, step, member),
    CONSTRAINT hold_step_of_member FOREIGN KEY (zone, member) REFERENCES member(zone, member),
    CONSTRAINT hold_step_pkey PRIMARY KEY (zone, hold, step),
    CONSTRAINT hold_step_step_check CHECK (step >= 0)
);

CREATE TABLE invoice (
    zone text NOT NULL,
    number bigint NOT NULL,
    previous_number bigint,
    kind text NOT NULL,
    member text NOT NULL,
    period_start bigint NOT NULL,
    period_end bigint NOT NULL,
    side text NOT NULL,
    corrects bigint,
    journal bigint NOT NULL,
    amount_nano bigint NOT NULL,
    amount_cents bigint NOT NULL,
    issued_at bigint NOT NULL,
    CONSTRAINT invoice_chain FOREIGN KEY (zone, previous_number) REFERENCES invoice(zone, number),
    CONSTRAINT invoice_corrects FOREIGN KEY (zone, corrects) REFERENCES invoice(zone, number),
    CONSTRAINT invoice_credit_note CHECK (kind <> 'credit-note'::text OR corrects IS NOT NULL),
    CONSTRAINT invoice_has_no_gap CHECK (number = (COALESCE(previous_number, 0::bigint) + 1) AND (previous_number IS NULL) = (number = 1)),
    CONSTRAINT invoice_kind_check CHECK (kind = ANY (ARRAY['invoice'::text, 'self-billed-invoice'::text, 'credit-note'::text])),
    CONSTRAINT invoice_of_member FOREIGN KEY (zone, member) REFERENCES member(zone, member),
    CONSTRAINT invoice_once UNIQUE (zone, member, period_start, period_end, side, journal),
    CONSTRAINT invoice_period CHECK (period_end > period_start),
    CONSTRAINT invoice_pkey PRIMARY KEY (zone, number),
    CONSTRAINT invoice_rounds_once CHECK (abs(amount_cents::numeric * 10000000::numeric - amount_nano::numeric) <= 5000000::numeric),
    CONSTRAINT invoice_side_check CHECK (side = ANY (ARRAY['purchase'::text, 'sale'::text])),
    CONSTRAINT invoice_zone_fkey FOREIGN KEY (zone) REFERENCES zone(zone)
);

CREATE TABLE journal (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    zone text NOT NULL,
    number bigint NOT NULL,
    source text NOT NULL,
    source_id text NOT NULL,
    at bigint NOT NULL,
    run integer,
    transfers integer NOT NULL,
    digest bytea NOT NULL,
    previous_number bigint,
    previous_digest bytea,
    CONSTRAINT journal_chain FOREIGN KEY (zone, previous_number, previous_digest) REFERENCES journal(zone, number, digest),
    CONSTRAINT journal_digest UNIQUE (zone, number, digest),
    CONSTRAINT journal_digest_check CHECK (octet_length(digest) = 32),
    CONSTRAINT journal_has_no_gap CHECK (number = (COALESCE(previous_number, 0::bigint) + 1) AND (previous_number IS NULL) = (number = 1) AND (previous_number IS NULL) = (previous_digest IS NULL)),
    CONSTRAINT journal_number UNIQUE (zone, number),
    CONSTRAINT journal_of_batch FOREIGN KEY (zone, at, run) REFERENCES batch(zone, interval_start, run),
    CONSTRAINT journal_once UNIQUE (zone, source, source_id),
    CONSTRAINT journal_pkey PRIMARY KEY (id),
    CONSTRAINT journal_settles CHECK ((source = 'settlement'::text) = (run IS NOT NULL)),
    CONSTRAINT journal_source_check CHECK (source = ANY (ARRAY['settlement'::text, 'deposit'::text, 'withdrawal'::text, 'hold'::text])),
    CONSTRAINT journal_source_id_check CHECK (source_id <> ''::text),
    CONSTRAINT journal_transfers_check CHECK (transfers >= 0),
    CONSTRAINT journal_zone_fkey FOREIGN KEY (zone) REFERENCES zone(zone)
);

CREATE TABLE measurement (
    zone text NOT NULL,
    interval_start bigint NOT NULL,
    run integer NOT NULL,
    meter text NOT NULL,
    import_wh bigint NOT NULL,
    export_wh bigint NOT NULL,
    since bigint NOT NULL,
    quality text NOT NULL,
    reading bytea NOT NULL,
    CONSTRAINT measurement_export_wh_check CHECK (export_wh >= 0),
    CONSTRAINT measurement_import_wh_check CHECK (import_wh >= 0),
    CONSTRAINT measurement_pkey PRIMARY KEY (zone, interval_start, run, meter),
    CONSTRAINT measurement_quality_check CHECK (quality = ANY (ARRAY['measured'::text, 'late'::text])),
    CONSTRAINT measurement_reading_check CHECK (octet_length(reading) = 32)
);

CREATE TABLE member (
    zone text NOT NULL,
    member text NOT NULL,
    name text NOT NULL,
    CONSTRAINT member_pkey PRIMARY KEY (zone, member),
    CONSTRAINT member_zone_fkey FOREIGN KEY (zone) REFERENCES zone(zone)
);

CREATE TABLE meter (
    zone text NOT NULL,
    meter text NOT NULL,
    member text NOT NULL,
    device_key bytea NOT NULL,
    max_export_w bigint NOT NULL,
    max_import_w bigint NOT NULL,
    CONSTRAINT meter_belongs_to_member FOREIGN KEY (zone, member) REFERENCES member(zone, member),
    CONSTRAINT meter_device_key_check CHECK (octet_length(device_key) = 32),
    CONSTRAINT meter_max_export_w_check CHECK (max_export_w >= 0),
    CONSTRAINT meter_max_import_w_check CHECK (max_import_w >= 0),
    CONSTRAINT meter_pkey PRIMARY KEY (zone, meter)
);

CREATE TABLE ocr_config (
    oracle text NOT NULL,
    digest bytea NOT NULL,
    config bytea NOT NULL,
    CONSTRAINT ocr_config_digest_check CHECK (octet_length(digest) = 32),
    CONSTRAINT ocr_config_pkey PRIMARY KEY (oracle)
);

CREATE TABLE ocr_protocol_state (
    oracle text NOT NULL,
    config_digest bytea NOT NULL,
    key text NOT NULL,
    value bytea NOT NULL,
    CONSTRAINT ocr_protocol_state_config_digest_check CHECK (octet_length(config_digest) = 32),
    CONSTRAINT ocr_protocol_state_key_check CHECK (key <> ''::text),
    CONSTRAINT ocr_protocol_state_pkey PRIMARY KEY (oracle, config_digest, key)
);

CREATE TABLE schema_version (
    version integer NOT NULL
);

CREATE TABLE trade (
    zone text NOT NULL,
    sequence bigint NOT NULL,
    index smallint NOT NULL,
    interval_start bigint NOT NULL,
    buyer text NOT NULL,
    seller text NOT NULL,
    quantity_wh bigint NOT NULL,
    price_micro bigint NOT NULL,
    CONSTRAINT trade_index_check CHECK (index >= 0),
    CONSTRAINT trade_pkey PRIMARY KEY (zone, sequence, index),
    CONSTRAINT trade_quantity_wh_check CHECK (quantity_wh > 0),
    CONSTRAINT trade_sequence_check CHECK (sequence > 0),
    CONSTRAINT trade_two_members CHECK (buyer <> seller),
    CONSTRAINT trade_zone_fkey FOREIGN KEY (zone) REFERENCES zone(zone)
);

CREATE TABLE transfer (
    journal bigint NOT NULL,
    amount bigint NOT NULL,
    energy_wh bigint NOT NULL,
    line integer NOT NULL,
    debit integer NOT NULL,
    credit integer NOT NULL,
    id bytea NOT NULL,
    leg text NOT NULL,
    rate integer NOT NULL,
    CONSTRAINT transfer_amount_check1 CHECK (amount > 0),
    CONSTRAINT transfer_energy_wh_check1 CHECK (energy_wh >= 0),
    CONSTRAINT transfer_id_check1 CHECK (octet_length(id) = 32),
    CONSTRAINT transfer_one_asset CHECK ((debit >> 30) = (credit >> 30)),
    CONSTRAINT transfer_pkey PRIMARY KEY (journal, line),
    CONSTRAINT transfer_rate_check CHECK (rate >= 0),
    CONSTRAINT transfer_two_accounts CHECK (debit <> credit)
);

CREATE TABLE zone (
    zone text NOT NULL,
    interval_seconds integer NOT NULL,
    genesis bigint NOT NULL,
    CONSTRAINT zone_interval_seconds_check CHECK (interval_seconds = ANY (ARRAY[60, 300, 900, 1800, 3600])),
    CONSTRAINT zone_pkey PRIMARY KEY (zone)
);

CREATE INDEX api_token_member ON public.api_token USING btree (zone, member);

CREATE INDEX balance_block_journal ON public.balance_block USING btree (journal);

CREATE INDEX journal_at ON public.journal USING btree (zone, at);

CREATE INDEX trade_interval ON public.trade USING btree (zone, interval_start);

CREATE UNIQUE INDEX invoice_first ON public.invoice USING btree (zone, member, period_start, side) WHERE (corrects IS NULL);

CREATE VIEW balance AS
 SELECT a.zone,
    a.number,
    a.kind,
    a.owner,
    a.asset,
    COALESCE(( SELECT b.amounts[((a.number & 63) + 1)] AS amounts
           FROM balance_block b
          WHERE ((b.zone = a.zone) AND (b.block = (a.number >> 6)))
          ORDER BY b.journal DESC
         LIMIT 1), (0)::bigint) AS amount
   FROM account a;

GRANT DELETE, INSERT, SELECT, UPDATE ON api_token TO wattle_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON balance TO wattle_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON chain_attempt TO wattle_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON chain_transaction TO wattle_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON consumer TO wattle_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON contract TO wattle_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON ocr_config TO wattle_app;

GRANT DELETE, INSERT, SELECT, UPDATE ON ocr_protocol_state TO wattle_app;

GRANT INSERT, SELECT ON account TO wattle_app;

GRANT INSERT, SELECT ON balance_block TO wattle_app;

GRANT INSERT, SELECT ON delivery TO wattle_app;

GRANT INSERT, SELECT ON hold_step TO wattle_app;

GRANT INSERT, SELECT ON invoice TO wattle_app;

GRANT INSERT, SELECT ON journal TO wattle_app;

GRANT INSERT, SELECT ON measurement TO wattle_app;

GRANT INSERT, SELECT ON trade TO wattle_app;

GRANT INSERT, SELECT ON transfer TO wattle_app;

GRANT INSERT, SELECT ON zone TO wattle_app;

GRANT INSERT, SELECT, UPDATE ON batch TO wattle_app;

GRANT INSERT, SELECT, UPDATE ON member TO wattle_app;

GRANT INSERT, SELECT, UPDATE ON meter TO wattle_app;

GRANT SELECT ON schema_version TO wattle_app;

GRANT USAGE ON journal_id_seq TO wattle_app;
