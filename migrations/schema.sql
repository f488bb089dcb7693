-- Written by go test ./migrations -rewrite from the server's catalogue.

CREATE TABLE account (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    zone text NOT NULL,
    kind text NOT NULL,
    owner text NOT NULL,
    asset text NOT NULL,
    CONSTRAINT account_asset_check CHECK (asset = ANY (ARRAY['money'::text, 'energy'::text])),
    CONSTRAINT account_kind_check CHECK (kind = ANY (ARRAY['member'::text, 'supplier'::text, 'network'::text, 'issuance'::text])),
    CONSTRAINT account_of_asset UNIQUE (id, asset),
    CONSTRAINT account_once UNIQUE (zone, kind, owner, asset),
    CONSTRAINT account_owner CHECK ((kind = 'member'::text) = (owner <> ''::text)),
    CONSTRAINT account_pkey PRIMARY KEY (id),
    CONSTRAINT account_zone_fkey FOREIGN KEY (zone) REFERENCES zone(zone)
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
    CONSTRAINT batch_attested CHECK (state = 'traded'::text OR attestation IS NOT NULL),
    CONSTRAINT batch_delivered_wh_check CHECK (delivered_wh >= 0),
    CONSTRAINT batch_mint_transaction_check CHECK (octet_length(mint_transaction) = 32),
    CONSTRAINT batch_minted CHECK ((state <> ALL (ARRAY['minted'::text, 'final'::text])) OR mint_transaction IS NOT NULL),
    CONSTRAINT batch_pkey PRIMARY KEY (zone, interval_start, run),
    CONSTRAINT batch_posted CHECK ((state = ANY (ARRAY['traded'::text, 'attested'::text])) OR delivered_wh IS NOT NULL),
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
    CONSTRAINT delivery_of_batch FOREIGN KEY (zone, interval_start, run) REFERENCES batch(zone, interval_start, run),
    CONSTRAINT delivery_of_trade FOREIGN KEY (zone, sequence, index) REFERENCES trade(zone, sequence, index),
    CONSTRAINT delivery_pkey PRIMARY KEY (zone, interval_start, run, sequence, index)
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
    CONSTRAINT measurement_of_batch FOREIGN KEY (zone, interval_start, run) REFERENCES batch(zone, interval_start, run),
    CONSTRAINT measurement_of_meter FOREIGN KEY (zone, meter) REFERENCES meter(zone, meter),
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
    id bytea NOT NULL,
    debit_id bigint NOT NULL,
    credit_id bigint NOT NULL,
    asset text NOT NULL,
    amount bigint NOT NULL,
    leg text NOT NULL,
    energy_wh bigint NOT NULL,
    zone text NOT NULL,
    interval_start bigint NOT NULL,
    run integer NOT NULL,
    CONSTRAINT transfer_amount_check CHECK (amount > 0),
    CONSTRAINT transfer_credits_its_asset FOREIGN KEY (credit_id, asset) REFERENCES account(id, asset),
    CONSTRAINT transfer_debits_its_asset FOREIGN KEY (debit_id, asset) REFERENCES account(id, asset),
    CONSTRAINT transfer_energy_wh_check CHECK (energy_wh >= 0),
    CONSTRAINT transfer_id_check CHECK (octet_length(id) = 32),
    CONSTRAINT transfer_of_batch FOREIGN KEY (zone, interval_start, run) REFERENCES batch(zone, interval_start, run),
    CONSTRAINT transfer_pkey PRIMARY KEY (id),
    CONSTRAINT transfer_two_accounts CHECK (debit_id <> credit_id)
);

CREATE TABLE zone (
    zone text NOT NULL,
    interval_seconds integer NOT NULL,
    genesis bigint NOT NULL,
    CONSTRAINT zone_interval_seconds_check CHECK (interval_seconds = ANY (ARRAY[60, 300, 900, 1800, 3600])),
    CONSTRAINT zone_pkey PRIMARY KEY (zone)
);

CREATE INDEX api_token_member ON public.api_token USING btree (zone, member);

CREATE INDEX trade_interval ON public.trade USING btree (zone, interval_start);

CREATE INDEX transfer_batch ON public.transfer USING btree (zone, interval_start, run);

CREATE INDEX transfer_credit ON public.transfer USING btree (credit_id);

CREATE INDEX transfer_debit ON public.transfer USING btree (debit_id);

CREATE VIEW balance AS
 SELECT a.id,
    a.zone,
    a.kind,
    a.owner,
    a.asset,
    ((COALESCE(( SELECT sum(transfer.amount) AS sum
           FROM transfer
          WHERE (transfer.credit_id = a.id)), (0)::numeric))::bigint - (COALESCE(( SELECT sum(transfer.amount) AS sum
           FROM transfer
          WHERE (transfer.debit_id = a.id)), (0)::numeric))::bigint) AS amount
   FROM account a;
