-- Receipts: who asks for them, who gives them, and how far a message came with each receiver.

-- Whether a new message of this group asks for receipts, unless its author says otherwise.
ALTER TABLE groups ADD COLUMN receipt_request TEXT NOT NULL DEFAULT 'none' CHECK (receipt_request IN ('none', 'wanted'));
ALTER TABLE messages ADD COLUMN receipt_request TEXT NOT NULL DEFAULT 'none' CHECK (receipt_request IN ('none', 'wanted'));

-- How somebody answers requests: everywhere, and in one group; NULL is as everywhere.
ALTER TABLE accounts ADD COLUMN receipt_policy TEXT NOT NULL DEFAULT 'automatic' CHECK (receipt_policy IN ('automatic', 'manual', 'refuse'));
ALTER TABLE members ADD COLUMN receipt_policy TEXT CHECK (receipt_policy IN ('automatic', 'manual', 'refuse'));

-- One receiver of one message: of those that asked when they were posted, and of those whose mail failed. Others have no
-- row here: for them the read position in `members` is enough.
CREATE TABLE receipts (
    group_id     BLOB    NOT NULL REFERENCES groups (id),
    seq          INTEGER NOT NULL,
    person_id    BLOB    NOT NULL REFERENCES persons (id),
    -- How far it came; NULL until anything is known.
    state        TEXT    CHECK (state IN ('failed', 'sent', 'cached', 'delivered', 'read', 'declined')),
    -- The server's words about a failure.
    reason       TEXT    NOT NULL DEFAULT '',
    -- When each state was reached, and how it became known.
    failed_at    INTEGER,
    failed_by    TEXT    CHECK (failed_by IN ('browser', 'submission', 'dsn', 'mdn', 'bridge', 'reply')),
    sent_at      INTEGER,
    sent_by      TEXT    CHECK (sent_by IN ('browser', 'submission', 'dsn', 'mdn', 'bridge', 'reply')),
    cached_at    INTEGER,
    cached_by    TEXT    CHECK (cached_by IN ('browser', 'submission', 'dsn', 'mdn', 'bridge', 'reply')),
    delivered_at INTEGER,
    delivered_by TEXT    CHECK (delivered_by IN ('browser', 'submission', 'dsn', 'mdn', 'bridge', 'reply')),
    read_at      INTEGER,
    read_by      TEXT    CHECK (read_by IN ('browser', 'submission', 'dsn', 'mdn', 'bridge', 'reply')),
    declined_at  INTEGER,
    declined_by  TEXT    CHECK (declined_by IN ('browser', 'submission', 'dsn', 'mdn', 'bridge', 'reply')),
    -- When the author last asked them once more, by mail.
    reminded_at  INTEGER,
    PRIMARY KEY (group_id, seq, person_id)
) STRICT;
CREATE INDEX receipts_by_person ON receipts (person_id, group_id, seq);

-- Mails out again, with one more kind and with what each carried: a CHECK can't be changed in place.
CREATE TABLE new_deliveries (
    id                  BLOB    NOT NULL PRIMARY KEY,
    kind                TEXT    NOT NULL CHECK (kind IN ('sign_in', 'draft_ready', 'group_link', 'messages', 'answer', 'reminder')),
    person_id           BLOB    REFERENCES persons (id),
    group_id            BLOB    REFERENCES groups (id),
    -- The same thing is never sent twice: a mail that answers mail X has the purpose "answer:X".
    purpose             TEXT    NOT NULL UNIQUE,
    address             TEXT    NOT NULL,
    -- Of the part of the return path that tells which delivery a bounce is about.
    return_token_digest BLOB    NOT NULL UNIQUE,
    message_id          TEXT    NOT NULL UNIQUE,
    -- The composed mail, until it is sent or given up.
    raw                 BLOB,
    -- The numbers of the group's messages in it, as JSON.
    carried             TEXT    NOT NULL DEFAULT '[]',
    -- When the receiver's mail system said that it has it.
    delivered_at        INTEGER,
    state               TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts            INTEGER NOT NULL DEFAULT 0,
    last_reply          TEXT    NOT NULL DEFAULT '',
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL
) STRICT;
INSERT INTO new_deliveries (id, kind, person_id, group_id, purpose, address, return_token_digest, message_id, raw, state,
        attempts, last_reply, created_at, updated_at)
    SELECT id, kind, person_id, group_id, purpose, address, return_token_digest, message_id, raw, state,
        attempts, last_reply, created_at, updated_at FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE new_deliveries RENAME TO deliveries;
CREATE INDEX deliveries_by_time ON deliveries (created_at, id);
CREATE INDEX deliveries_by_person ON deliveries (person_id, created_at);
