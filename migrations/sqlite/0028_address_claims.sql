-- Whose other addresses are: asked by one mail to an address that is known, when a mail with a member's reply address
-- came from one that is nobody's.
CREATE TABLE address_claims (
    id           BLOB    NOT NULL PRIMARY KEY,
    person_id    BLOB    NOT NULL REFERENCES persons (id),
    -- In lower case, as addresses are compared.
    address_key  TEXT    NOT NULL,
    address      TEXT    NOT NULL,
    -- Of the link in the mail; the token itself is derived from the server's key.
    token_digest BLOB    NOT NULL UNIQUE,
    state        TEXT    NOT NULL CHECK (state IN ('asked', 'accepted', 'denied')),
    asked_at     INTEGER NOT NULL,
    decided_at   INTEGER,
    UNIQUE (person_id, address_key)
) STRICT;
CREATE INDEX address_claims_accepted ON address_claims (address_key) WHERE state = 'accepted';

-- Since when whoever has the reply address it came by says that it is not theirs.
ALTER TABLE messages ADD COLUMN disowned_at INTEGER;
