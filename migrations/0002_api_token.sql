-- api_token lets a program act for a member. The secret half of a token is nowhere: whoever reads this table cannot trade.
CREATE TABLE api_token (
    id         text         PRIMARY KEY CHECK (id ~ '^[0-9a-f]{16}$'), -- the public half, which names the token in lists
    digest     bytea        NOT NULL CHECK (octet_length(digest) = 32), -- SHA-256 of the secret half
    zone       text         NOT NULL,
    member     text         NOT NULL,
    scope      text         NOT NULL CHECK (scope IN ('read', 'trade')), -- trade includes read
    label      text         NOT NULL CHECK (length(label) <= 100), -- what its owner calls it
    issued_at  timestamptz  NOT NULL,
    revoked_at timestamptz, -- absent while it is good
    CONSTRAINT api_token_of_member FOREIGN KEY (zone, member) REFERENCES member (zone, member),
    CONSTRAINT api_token_revoked_later CHECK (revoked_at >= issued_at)
);
CREATE INDEX api_token_member ON api_token (zone, member);
