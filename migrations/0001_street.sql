-- Who takes part ---------------------------------------------------------------------------------------------------

-- zone is one microgrid: one market, one log.
CREATE TABLE zone (
    zone              text     PRIMARY KEY,
    interval_seconds  integer  NOT NULL CHECK (interval_seconds IN (60, 300, 900, 1800, 3600)),
    genesis           bigint   NOT NULL -- Unix seconds: start of the interval whose end gives every meter its base
);

-- member is a party of a zone.
CREATE TABLE member (
    zone    text  NOT NULL REFERENCES zone,
    member  text  NOT NULL,
    name    text  NOT NULL, -- what people call it
    PRIMARY KEY (zone, member)
);

-- meter is one metering point, and the device that may sign for it.
CREATE TABLE meter (
    zone          text    NOT NULL,
    meter         text    NOT NULL,
    member        text    NOT NULL,
    device_key    bytea   NOT NULL CHECK (octet_length(device_key) = 32), -- Ed25519
    max_export_w  bigint  NOT NULL CHECK (max_export_w >= 0), -- nameplate of what can feed in
    max_import_w  bigint  NOT NULL CHECK (max_import_w >= 0), -- contracted power
    PRIMARY KEY (zone, meter),
    CONSTRAINT meter_belongs_to_member FOREIGN KEY (zone, member) REFERENCES member (zone, member)
);

-- What the oracles remember ----------------------------------------------------------------------------------------

-- ocr_config is the newest configuration an oracle saw on chain; it lets it start while the chain is away.
CREATE TABLE ocr_config (
    oracle  text   PRIMARY KEY,
    digest  bytea  NOT NULL CHECK (octet_length(digest) = 32),
    config  bytea  NOT NULL
);

-- ocr_protocol_state is what an oracle must not forget: forgetting is equivocation.
CREATE TABLE ocr_protocol_state (
    oracle         text   NOT NULL,
    config_digest  bytea  NOT NULL CHECK (octet_length(config_digest) = 32),
    key            text   NOT NULL CHECK (key <> ''),
    value          bytea  NOT NULL,
    PRIMARY KEY (oracle, config_digest, key)
);

-- What happened to each delivery interval --------------------------------------------------------------------------

-- consumer is the position of a reader of a log, written in the transaction of what it read.
CREATE TABLE consumer (
    name             text    PRIMARY KEY,
    stream_sequence  bigint  NOT NULL CHECK (stream_sequence >= 0)
);

-- batch is one settlement of one delivery interval, on its way through its states.
CREATE TABLE batch (
    zone              text     NOT NULL REFERENCES zone,
    interval_start    bigint   NOT NULL, -- Unix seconds
    interval_seconds  integer  NOT NULL,
    run               integer  NOT NULL CHECK (run >= 0),
    state             text     NOT NULL CHECK (state IN ('traded', 'attested', 'posted', 'minted', 'final')),
    attestation       bytea,   -- as the oracles signed it; absent while only traded
    delivered_wh      bigint   CHECK (delivered_wh >= 0), -- absent until posted
    mint_transaction  bytea    CHECK (octet_length(mint_transaction) = 32), -- hash; absent until minted
    mint_block        bigint,  -- block that holds it; absent until minted
    PRIMARY KEY (zone, interval_start, run),
    CONSTRAINT batch_attested CHECK (state = 'traded' OR attestation IS NOT NULL),
    CONSTRAINT batch_posted CHECK (state IN ('traded', 'attested') OR delivered_wh IS NOT NULL),
    CONSTRAINT batch_minted CHECK (state NOT IN ('minted', 'final') OR mint_transaction IS NOT NULL)
);

-- trade is one match of the market, as its log says.
CREATE TABLE trade (
    zone            text      NOT NULL REFERENCES zone,
    sequence        bigint    NOT NULL CHECK (sequence > 0), -- of the command that caused it
    index           smallint  NOT NULL CHECK (index >= 0),   -- among the events of the command
    interval_start  bigint    NOT NULL,
    buyer           text      NOT NULL,
    seller          text      NOT NULL,
    quantity_wh     bigint    NOT NULL CHECK (quantity_wh > 0),
    price_micro     bigint    NOT NULL, -- 1e-6 of the currency unit per kWh
    PRIMARY KEY (zone, sequence, index),
    CONSTRAINT trade_two_members CHECK (buyer <> seller)
);
CREATE INDEX trade_interval ON trade (zone, interval_start);

-- measurement is one leaf of an attestation.
CREATE TABLE measurement (
    zone            text    NOT NULL,
    interval_start  bigint  NOT NULL,
    run             integer NOT NULL,
    meter           text    NOT NULL,
    import_wh       bigint  NOT NULL CHECK (import_wh >= 0),
    export_wh       bigint  NOT NULL CHECK (export_wh >= 0),
    since           bigint  NOT NULL, -- Unix seconds: boundary of the reading it is measured from
    quality         text    NOT NULL CHECK (quality IN ('measured', 'late')),
    reading         bytea   NOT NULL CHECK (octet_length(reading) = 32), -- digest of the signed reading
    PRIMARY KEY (zone, interval_start, run, meter),
    CONSTRAINT measurement_of_batch FOREIGN KEY (zone, interval_start, run) REFERENCES batch (zone, interval_start, run),
    CONSTRAINT measurement_of_meter FOREIGN KEY (zone, meter) REFERENCES meter (zone, meter)
);

-- delivery is what settlement assigned of a trade: whose energy reached whom.
CREATE TABLE delivery (
    zone            text      NOT NULL,
    interval_start  bigint    NOT NULL,
    run             integer   NOT NULL,
    sequence        bigint    NOT NULL,
    index           smallint  NOT NULL,
    delivered_wh    bigint    NOT NULL CHECK (delivered_wh >= 0),
    PRIMARY KEY (zone, interval_start, run, sequence, index),
    CONSTRAINT delivery_of_batch FOREIGN KEY (zone, interval_start, run) REFERENCES batch (zone, interval_start, run),
    CONSTRAINT delivery_of_trade FOREIGN KEY (zone, sequence, index) REFERENCES trade (zone, sequence, index)
);

-- The ledger -------------------------------------------------------------------------------------------------------

-- account holds one asset for one owner. Its balance is the sum of its transfers and is stored nowhere else.
CREATE TABLE account (
    id     bigint  PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    zone   text    NOT NULL REFERENCES zone,
    kind   text    NOT NULL CHECK (kind IN ('member', 'supplier', 'network', 'issuance')),
    owner  text    NOT NULL, -- the member; empty for the zone's own accounts
    asset  text    NOT NULL CHECK (asset IN ('money', 'energy')), -- 1e-9 of the currency unit; Wh
    CONSTRAINT account_once UNIQUE (zone, kind, owner, asset),
    CONSTRAINT account_of_asset UNIQUE (id, asset), -- for transfers to refer to
    CONSTRAINT account_owner CHECK ((kind = 'member') = (owner <> ''))
);

-- transfer moves an amount of one asset between two accounts; rows are never updated or deleted.
CREATE TABLE transfer (
    id              bytea    PRIMARY KEY CHECK (octet_length(id) = 32), -- digest of (zone, interval, run, leg)
    debit_id        bigint   NOT NULL, -- gives
    credit_id       bigint   NOT NULL, -- receives
    asset           text     NOT NULL,
    amount          bigint   NOT NULL CHECK (amount > 0), -- money: 1e-9 of the currency unit; energy: Wh
    leg             text     NOT NULL, -- why
    energy_wh       bigint   NOT NULL CHECK (energy_wh >= 0), -- the energy that is paid for or moved
    zone            text     NOT NULL,
    interval_start  bigint   NOT NULL,
    run             integer  NOT NULL,
    CONSTRAINT transfer_two_accounts CHECK (debit_id <> credit_id),
    CONSTRAINT transfer_debits_its_asset FOREIGN KEY (debit_id, asset) REFERENCES account (id, asset),
    CONSTRAINT transfer_credits_its_asset FOREIGN KEY (credit_id, asset) REFERENCES account (id, asset),
    CONSTRAINT transfer_of_batch FOREIGN KEY (zone, interval_start, run) REFERENCES batch (zone, interval_start, run)
);
CREATE INDEX transfer_batch ON transfer (zone, interval_start, run);
CREATE INDEX transfer_debit ON transfer (debit_id);
CREATE INDEX transfer_credit ON transfer (credit_id);

-- balance is derived, always: what an account received less what it gave.
CREATE VIEW balance AS
SELECT a.id, a.zone, a.kind, a.owner, a.asset,
       coalesce((SELECT sum(amount) FROM transfer WHERE credit_id = a.id), 0)::bigint
     - coalesce((SELECT sum(amount) FROM transfer WHERE debit_id = a.id), 0)::bigint AS amount
FROM account a;

-- The chain --------------------------------------------------------------------------------------------------------

-- contract is where the zone's contracts stand.
CREATE TABLE contract (
    name      text    PRIMARY KEY,
    chain_id  bigint  NOT NULL,
    address   bytea   NOT NULL CHECK (octet_length(address) = 20)
);

-- chain_transaction is written before its transaction is sent: after a crash the same bytes are sent again.
CREATE TABLE chain_transaction (
    purpose  text    PRIMARY KEY, -- what it does, once: "deploy hub", "mint <zone> <start> <run>"
    sender   bytea   NOT NULL CHECK (octet_length(sender) = 20),
    nonce    bigint  NOT NULL CHECK (nonce >= 0),
    hash     bytea   NOT NULL CHECK (octet_length(hash) = 32),
    raw      bytea   NOT NULL, -- signed, as sent
    CONSTRAINT chain_transaction_nonce UNIQUE (sender, nonce)
);
