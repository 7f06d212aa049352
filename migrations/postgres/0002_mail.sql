-- Mail that came in, the threads it forms, and where each source was read to.

-- Where mail comes from and how far it was read. The position is saved in the transaction of the mail.
CREATE TABLE folders (
    -- "imap:<user>@<host>/<folder>" or "maildir:<path>".
    source          TEXT    NOT NULL PRIMARY KEY,
    uid_validity    BIGINT NOT NULL DEFAULT 0,
    last_uid        BIGINT NOT NULL DEFAULT 0,
    last_success_at BIGINT,
    last_error      TEXT    NOT NULL DEFAULT '',
    last_error_at   BIGINT
);

-- Mails linked by their references.
CREATE TABLE threads (
    id          UUID    NOT NULL PRIMARY KEY,
    topic       TEXT    NOT NULL,
    first_at    BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    mails       BIGINT NOT NULL,
    -- Topic, names and addresses in lower case, made in Rust.
    search_text TEXT    NOT NULL DEFAULT ''
);

-- The ledger of mails in: raw bytes first (by digest, in the file store), then one outcome each.
CREATE TABLE mails (
    id           UUID    NOT NULL PRIMARY KEY,
    received_at  BIGINT NOT NULL,
    source       TEXT    NOT NULL,
    -- SHA-256 of the bytes as they came; the same bytes are the same mail.
    digest       BYTEA    NOT NULL UNIQUE,
    size         BIGINT NOT NULL,
    -- The Message-ID without angle brackets; empty if there is none.
    message_id   TEXT    NOT NULL DEFAULT '',
    -- The From address in lower case.
    sender       TEXT    NOT NULL DEFAULT '',
    subject      TEXT    NOT NULL DEFAULT '',
    -- The Date header, or when it came.
    dated_at     BIGINT NOT NULL,
    thread_id    UUID    REFERENCES threads (id),
    outcome      TEXT    NOT NULL CHECK (outcome IN ('waiting', 'message', 'draft', 'thread_only', 'ignored', 'quarantined')),
    -- The whole outcome, as JSON.
    detail       JSONB    NOT NULL
);
CREATE INDEX mails_by_message_id ON mails (message_id);
CREATE INDEX mails_by_sender ON mails (sender, received_at);
CREATE INDEX mails_by_thread ON mails (thread_id, dated_at);
CREATE INDEX mails_by_time ON mails (received_at, id);
CREATE INDEX mails_by_outcome ON mails (outcome, received_at, id);

-- What ties mails together, whichever comes first: two mails with a key in common are in one thread.
CREATE TABLE thread_keys (
    thread_key TEXT NOT NULL PRIMARY KEY,
    thread_id  UUID NOT NULL REFERENCES threads (id)
);
CREATE INDEX thread_keys_by_thread ON thread_keys (thread_id);

-- Who stood in From (or Reply-To), To and Cc of a thread's mails, and in how many.
CREATE TABLE thread_participants (
    thread_id   UUID    NOT NULL REFERENCES threads (id),
    address_key TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    name        TEXT,
    seen_from   BIGINT NOT NULL,
    seen_to     BIGINT NOT NULL,
    seen_cc     BIGINT NOT NULL,
    -- Their order in the thread.
    rank        BIGINT NOT NULL,
    PRIMARY KEY (thread_id, address_key)
);
CREATE INDEX thread_participants_by_address ON thread_participants (address_key, thread_id);
