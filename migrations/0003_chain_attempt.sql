-- A transaction that no block takes is signed again with a higher fee under the same nonce; the chain takes at most one of
-- its attempts. An attempt is written before it is sent: after a crash the same bytes are sent again.
CREATE TABLE chain_attempt (
    sender  bytea    NOT NULL,
    nonce   bigint   NOT NULL,
    attempt smallint NOT NULL CHECK (attempt >= 0), -- 0 first
    hash    bytea    NOT NULL CHECK (octet_length(hash) = 32),
    raw     bytea    NOT NULL, -- signed, as sent
    PRIMARY KEY (sender, nonce, attempt),
    CONSTRAINT chain_attempt_hash UNIQUE (hash),
    CONSTRAINT chain_attempt_transaction FOREIGN KEY (sender, nonce) REFERENCES chain_transaction (sender, nonce)
);
INSERT INTO chain_attempt (sender, nonce, attempt, hash, raw) SELECT sender, nonce, 0, hash, raw FROM chain_transaction;

-- How far each has come is found again at the next look at the chain.
ALTER TABLE chain_transaction
    DROP COLUMN hash,
    DROP COLUMN raw,
    ADD COLUMN state text NOT NULL DEFAULT 'sent',
    ADD COLUMN mined bytea CHECK (octet_length(mined) = 32), -- hash of the attempt that is in a block
    ADD COLUMN block bigint CHECK (block >= 0),
    ADD CONSTRAINT chain_transaction_state
        CHECK (state IN ('prepared', 'sent', 'mined', 'safe', 'final', 'reverted', 'displaced')),
    ADD CONSTRAINT chain_transaction_mined
        CHECK ((state IN ('mined', 'safe', 'final')) = (mined IS NOT NULL) AND (mined IS NULL) = (block IS NULL));
ALTER TABLE chain_transaction ALTER COLUMN state DROP DEFAULT;
