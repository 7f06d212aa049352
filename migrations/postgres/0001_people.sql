-- People: the address book, and those of it who signed in.

-- One entry of the address book (RFC 6350). `origin` tells whether an address book gave it or a mail did.
CREATE TABLE persons (
    id          UUID    NOT NULL PRIMARY KEY,
    full_name   TEXT    NOT NULL,
    department  TEXT    NOT NULL DEFAULT '',
    position    TEXT    NOT NULL DEFAULT '',
    origin      TEXT    NOT NULL CHECK (origin IN ('imported', 'learnt')),
    -- Name, addresses, department and position in lower case, made in Rust: what autocomplete looks in.
    search_text TEXT    NOT NULL DEFAULT '',
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);

-- An address belongs to one person. `address_key` is its lower-case form; rank 0 is where mail goes.
CREATE TABLE person_addresses (
    address_key TEXT    NOT NULL PRIMARY KEY,
    address     TEXT    NOT NULL,
    person_id   UUID    NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    rank        BIGINT NOT NULL
);
CREATE INDEX person_addresses_by_person ON person_addresses (person_id, rank);

CREATE TABLE person_phones (
    person_id UUID    NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    rank      BIGINT NOT NULL,
    phone     TEXT    NOT NULL,
    PRIMARY KEY (person_id, rank)
);

-- Somebody who can sign in. Made at the first sign-in.
CREATE TABLE accounts (
    person_id  UUID    NOT NULL PRIMARY KEY REFERENCES persons (id),
    is_admin   BOOLEAN NOT NULL DEFAULT FALSE,
    language   TEXT    CHECK (language IN ('en', 'zh-CN')),
    created_at BIGINT NOT NULL
);

-- One browser in which somebody is signed in. Only the digest of its cookie is here.
CREATE TABLE sessions (
    id           UUID    NOT NULL PRIMARY KEY,
    token_digest BYTEA    NOT NULL UNIQUE,
    person_id    UUID    NOT NULL REFERENCES persons (id),
    user_agent   TEXT    NOT NULL,
    created_at   BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person_id, created_at);

-- A link in a mail that lets its receiver in: by `sign_in` for 15 minutes in the browser that asked, or by `group`
-- to a group's page in the first browser that opens it. Other browsers need the six-digit code of a sign-in mail.
CREATE TABLE links (
    token_digest   BYTEA    NOT NULL PRIMARY KEY,
    purpose        TEXT    NOT NULL CHECK (purpose IN ('sign_in', 'group')),
    person_id      UUID    NOT NULL REFERENCES persons (id),
    -- The page to show after signing in, a path on this server.
    target         TEXT    NOT NULL,
    -- The browser that may use it; a group's link has none until it is used first.
    browser_digest BYTEA,
    code_digest    BYTEA,
    -- Wrong codes so far.
    failures       BIGINT NOT NULL DEFAULT 0,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL
);
CREATE INDEX links_by_person ON links (person_id, created_at);
CREATE INDEX links_by_browser ON links (browser_digest);
