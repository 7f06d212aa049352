-- People: the address book, and those of it who signed in.

-- One entry of the address book (RFC 6350). `origin` tells whether an address book gave it or a mail did.
CREATE TABLE persons (
    id          BLOB    NOT NULL PRIMARY KEY,
    full_name   TEXT    NOT NULL,
    department  TEXT    NOT NULL DEFAULT '',
    position    TEXT    NOT NULL DEFAULT '',
    origin      TEXT    NOT NULL CHECK (origin IN ('imported', 'learnt')),
    -- Name, addresses, department and position in lower case, made in Rust: what autocomplete looks in.
    search_text TEXT    NOT NULL DEFAULT '',
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;

-- An address belongs to one person. `address_key` is its lower-case form; rank 0 is where mail goes.
CREATE TABLE person_addresses (
    address_key TEXT    NOT NULL PRIMARY KEY,
    address     TEXT    NOT NULL,
    person_id   BLOB    NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    rank        INTEGER NOT NULL
) STRICT;
CREATE INDEX person_addresses_by_person ON person_addresses (person_id, rank);

CREATE TABLE person_phones (
    person_id BLOB    NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    rank      INTEGER NOT NULL,
    phone     TEXT    NOT NULL,
    PRIMARY KEY (person_id, rank)
) STRICT;

-- Somebody who can sign in. Made at the first sign-in.
CREATE TABLE accounts (
    person_id  BLOB    NOT NULL PRIMARY KEY REFERENCES persons (id),
    is_admin   INTEGER NOT NULL DEFAULT 0,
    language   TEXT    CHECK (language IN ('en', 'zh-CN')),
    created_at INTEGER NOT NULL
) STRICT;

-- One browser in which somebody is signed in. Only the digest of its cookie is here.
CREATE TABLE sessions (
    id           BLOB    NOT NULL PRIMARY KEY,
    token_digest BLOB    NOT NULL UNIQUE,
    person_id    BLOB    NOT NULL REFERENCES persons (id),
    user_agent   TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_person ON sessions (person_id, created_at);

-- A link in a mail that lets its receiver in: by `sign_in` for 15 minutes in the browser that asked, or by `group`
-- to a group's page in the first browser that opens it. Other browsers need the six-digit code of a sign-in mail.
CREATE TABLE links (
    token_digest   BLOB    NOT NULL PRIMARY KEY,
    purpose        TEXT    NOT NULL CHECK (purpose IN ('sign_in', 'group')),
    person_id      BLOB    NOT NULL REFERENCES persons (id),
    -- The page to show after signing in, a path on this server.
    target         TEXT    NOT NULL,
    -- The browser that may use it; a group's link has none until it is used first.
    browser_digest BLOB,
    code_digest    BLOB,
    -- Wrong codes so far.
    failures       INTEGER NOT NULL DEFAULT 0,
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX links_by_person ON links (person_id, created_at);
CREATE INDEX links_by_browser ON links (browser_digest);
