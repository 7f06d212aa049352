-- Signing in by an OpenID provider, and rights beside those in groups.

-- Reads the ledger and the audit log, as an admin does anyway.
ALTER TABLE accounts ADD COLUMN is_auditor BOOLEAN NOT NULL DEFAULT FALSE;

-- Who somebody is at a provider. The pair stays theirs when their address changes, and is nobody else's when the address
-- is given away. One account of each provider belongs to a person.
CREATE TABLE identities (
    issuer     TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    person_id  UUID    NOT NULL REFERENCES persons (id),
    created_at BIGINT  NOT NULL,
    used_at    BIGINT  NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (issuer, person_id)
);
CREATE INDEX identities_by_person ON identities (person_id);

-- A sign-in on its way to a provider and back. Its secrets are derived from the id and the server's key.
CREATE TABLE provider_visits (
    id             UUID    NOT NULL PRIMARY KEY,
    state_digest   BYTEA   NOT NULL UNIQUE,
    provider       TEXT    NOT NULL,
    -- The browser that was sent: no other one can come back.
    browser_digest BYTEA   NOT NULL,
    -- The page to show after signing in, a path on this server.
    target         TEXT    NOT NULL,
    created_at     BIGINT  NOT NULL
);
CREATE INDEX provider_visits_by_time ON provider_visits (created_at);

-- What a provider's session is here. `sid` is its own name for it; the ID token is kept for signing out there.
ALTER TABLE sessions ADD COLUMN issuer TEXT;
ALTER TABLE sessions ADD COLUMN subject TEXT;
ALTER TABLE sessions ADD COLUMN sid TEXT;
ALTER TABLE sessions ADD COLUMN id_token TEXT;
-- The rights that the provider's groups gave with it.
ALTER TABLE sessions ADD COLUMN gives_admin BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE sessions ADD COLUMN gives_auditor BOOLEAN NOT NULL DEFAULT FALSE;
-- It never lasts longer than that, whatever is done in it.
ALTER TABLE sessions ADD COLUMN ends_at BIGINT;
CREATE INDEX sessions_by_identity ON sessions (issuer, subject) WHERE issuer IS NOT NULL;

-- Logout tokens of providers: each counts once.
CREATE TABLE logout_tokens (
    issuer     TEXT    NOT NULL,
    jti_digest BYTEA   NOT NULL,
    used_at    BIGINT  NOT NULL,
    PRIMARY KEY (issuer, jti_digest)
);
CREATE INDEX logout_tokens_by_time ON logout_tokens (used_at);
