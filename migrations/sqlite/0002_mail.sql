-- Mail that came in, the threads it forms, and where each source was read to.

-- Where mail comes from and how far it was read. The position is saved in the transaction of the mail.
CREATE TABLE folders (
    -- "imap:<user>@<host>/<folder>" or "maildir:<path>".
    source          TEXT    NOT NULL PRIMARY KEY,
    uid_validity    INTEGER NOT NULL DEFAULT 0,
    last_uid        INTEGER NOT NULL DEFAULT 0,
    last_success_at INTEGER,
    last_error      TEXT    NOT NULL DEFAULT '',
    last_error_at   INTEGER
) STRICT;

-- Mails linked by their references.
CREATE TABLE threads (
    id          BLOB    NOT NULL PRIMARY KEY,
    topic       TEXT    NOT NULL,
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    mails       INTEGER NOT NULL,
    -- Topic, names and addresses in lower case, made in Rust.
    search_text TEXT    NOT NULL DEFAULT ''
) STRICT;

-- The ledger of mails in: raw bytes first (by digest, in the file store), then one outcome each.
CREATE TABLE mails (
    id           BLOB    NOT NULL PRIMARY KEY,
    received_at  INTEGER NOT NULL,
    source       TEXT    NOT NULL,
    -- SHA-256 of the bytes as they came; the same bytes are the same mail.
    digest       BLOB    NOT NULL UNIQUE,
    size         INTEGER NOT NULL,
    -- The Message-ID without angle brackets; empty if there is none.
    message_id   TEXT    NOT NULL DEFAULT '',
    -- The From address in lower case.
    sender       TEXT    NOT NULL DEFAULT '',
    subject      TEXT    NOT NULL DEFAULT '',
    -- The Date header, or when it came.
    dated_at     INTEGER NOT NULL,
    thread_id    BLOB    REFERENCES threads (id),
    outcome      TEXT    NOT NULL CHECK (outcome IN ('waiting', 'message', 'draft', 'thread_only', 'ignored', 'quarantined')),
    -- The whole outcome, as JSON.
    detail       TEXT    NOT NULL
) STRICT;
CREATE INDEX mails_by_message_id ON mails (message_id);
CREATE INDEX mails_by_sender ON mails (sender, received_at);
CREATE INDEX mails_by_thread ON mails (thread_id, dated_at);
CREATE INDEX mails_by_time ON mails (received_at, id);
CREATE INDEX mails_by_outcome ON mails (outcome, received_at, id);

-- What ties mails together, whichever comes first: two mails with a key in common are in one thread.
CREATE TABLE thread_keys (
    thread_key TEXT NOT NULL PRIMARY KEY,
    thread_id  BLOB NOT NULL REFERENCES threads (id)
) STRICT;
CREATE INDEX thread_keys_by_thread ON thread_keys (thread_id);

-- Who stood in From (or Reply-To), To and Cc of a thread's mails, and in how many.
CREATE TABLE thread_participants (
    thread_id   BLOB    NOT NULL REFERENCES threads (id),
    address_key TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    name        TEXT,
    seen_from   INTEGER NOT NULL,
    seen_to     INTEGER NOT NULL,
    seen_cc     INTEGER NOT NULL,
    -- Their order in the thread.
    rank        INTEGER NOT NULL,
    PRIMARY KEY (thread_id, address_key)
) STRICT;
CREATE INDEX thread_participants_by_address ON thread_participants (address_key, thread_id);
