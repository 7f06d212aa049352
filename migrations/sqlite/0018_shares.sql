-- Shares: chosen content as a page and a mail; and the audit log.

-- Whether members may share this group's content with people outside of it.
ALTER TABLE groups ADD COLUMN outside_sharing INTEGER NOT NULL DEFAULT 1;

-- Mails out once more, with one more kind: a CHECK can't be changed in place.
CREATE TABLE new_deliveries (
    id                  BLOB    NOT NULL PRIMARY KEY,
    kind                TEXT    NOT NULL CHECK (kind IN ('sign_in', 'draft_ready', 'group_link', 'messages', 'answer', 'reminder', 'share')),
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
INSERT INTO new_deliveries (id, kind, person_id, group_id, purpose, address, return_token_digest, message_id, raw, carried,
        delivered_at, state, attempts, last_reply, created_at, updated_at)
    SELECT id, kind, person_id, group_id, purpose, address, return_token_digest, message_id, raw, carried,
        delivered_at, state, attempts, last_reply, created_at, updated_at FROM deliveries;
DROP TABLE deliveries;
ALTER TABLE new_deliveries RENAME TO deliveries;
CREATE INDEX deliveries_by_time ON deliveries (created_at, id);
CREATE INDEX deliveries_by_person ON deliveries (person_id, created_at);

-- A share as its sharer prepares it. What its readers see stands in `share_versions`.
CREATE TABLE shares (
    id            BLOB    NOT NULL PRIMARY KEY,
    group_id      BLOB    NOT NULL REFERENCES groups (id),
    created_by    BLOB    NOT NULL REFERENCES persons (id),
    title         TEXT    NOT NULL,
    -- Markdown.
    note          TEXT    NOT NULL DEFAULT '',
    state         TEXT    NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'out', 'recalled')),
    grouping      TEXT    NOT NULL DEFAULT 'none' CHECK (grouping IN ('none', 'topic', 'tag', 'day')),
    -- Whether it says who said what.
    names         INTEGER NOT NULL DEFAULT 1,
    files         TEXT    NOT NULL DEFAULT 'included' CHECK (files IN ('included', 'linked', 'left_out')),
    access        TEXT    NOT NULL DEFAULT 'members' CHECK (access IN ('members', 'link')),
    -- What of the password is kept (PHC string format); NULL for none.
    password_hash TEXT,
    -- How many days it can be opened after it was published.
    lasts         INTEGER NOT NULL DEFAULT 30,
    -- What becomes of answers to its mails.
    answers       TEXT    NOT NULL DEFAULT 'ask' CHECK (answers IN ('ask', 'at_once')),
    -- Counted up when title or note are saved: whoever saves says which ones they saw.
    saves         INTEGER NOT NULL DEFAULT 0,
    -- The number of its link: what was recalled and is published again gets another one.
    link_number   INTEGER NOT NULL DEFAULT 0,
    -- Of the link's token, which is derived from the server's key; NULL before the first link, and after a recall.
    token_digest  BLOB    UNIQUE,
    -- The newest version that was published; 0 before.
    version       INTEGER NOT NULL DEFAULT 0,
    views         INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL,
    published_at  INTEGER,
    expires_at    INTEGER,
    recalled_at   INTEGER,
    recalled_by   BLOB    REFERENCES persons (id)
) STRICT;
CREATE INDEX shares_by_group ON shares (group_id, id);

-- What was chosen, in the order of its rank. A passage keeps its words, as the message may say others by now.
CREATE TABLE share_items (
    share_id       BLOB    NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    number         INTEGER NOT NULL,
    rank           INTEGER NOT NULL,
    message_id     BLOB    NOT NULL REFERENCES messages (id),
    seq            INTEGER NOT NULL,
    -- The mark it was chosen by; its tags are those of all marks of the same piece.
    mark_id        BLOB    REFERENCES marks (id) ON DELETE SET NULL,
    what           TEXT    NOT NULL CHECK (what IN ('message', 'passage', 'file', 'link')),
    file_id        BLOB    REFERENCES files (id),
    url            TEXT    NOT NULL DEFAULT '',
    said           TEXT    NOT NULL DEFAULT '',
    said_html      TEXT    NOT NULL DEFAULT '',
    -- How often the message had been edited when this was said.
    edits          INTEGER NOT NULL DEFAULT 0,
    -- How many messages before and after it are shown with it.
    context_before INTEGER NOT NULL DEFAULT 0,
    context_after  INTEGER NOT NULL DEFAULT 0,
    -- Taken out, and kept to be brought back.
    taken_out      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (share_id, number)
) STRICT;
CREATE INDEX share_items_by_message ON share_items (message_id);

-- What its readers see of each version, as JSON (src/domain/share_document.rs).
CREATE TABLE share_versions (
    share_id     BLOB    NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    number       INTEGER NOT NULL,
    document     TEXT    NOT NULL,
    published_at INTEGER NOT NULL,
    PRIMARY KEY (share_id, number)
) STRICT;

-- The messages of which any version shows something: when one is removed, nothing of it stays.
CREATE TABLE share_messages (
    share_id   BLOB NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    message_id BLOB NOT NULL REFERENCES messages (id),
    PRIMARY KEY (share_id, message_id)
) STRICT;
CREATE INDEX share_messages_by_message ON share_messages (message_id);

-- Who gets it by mail.
CREATE TABLE share_receivers (
    id                 BLOB    NOT NULL PRIMARY KEY,
    share_id           BLOB    NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    person_id          BLOB    REFERENCES persons (id),
    name               TEXT    NOT NULL,
    address            TEXT    NOT NULL,
    -- Of the token in the reply address.
    reply_token_digest BLOB    NOT NULL UNIQUE,
    delivery_id        BLOB    REFERENCES deliveries (id),
    -- The version that was sent; 0 while none was.
    version            INTEGER NOT NULL DEFAULT 0,
    wants_receipt      INTEGER NOT NULL DEFAULT 0,
    -- When their mail program said that they had it before them.
    read_at            INTEGER,
    added_at           INTEGER NOT NULL,
    UNIQUE (share_id, address)
) STRICT;
CREATE INDEX share_receivers_by_delivery ON share_receivers (delivery_id);

-- Who of those that are known has looked at it.
CREATE TABLE share_views (
    share_id  BLOB    NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    person_id BLOB    NOT NULL REFERENCES persons (id),
    first_at  INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    views     INTEGER NOT NULL,
    PRIMARY KEY (share_id, person_id)
) STRICT;

-- What came back by mail.
CREATE TABLE share_answers (
    id          BLOB    NOT NULL PRIMARY KEY,
    share_id    BLOB    NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    receiver_id BLOB    NOT NULL REFERENCES share_receivers (id),
    mail_id     BLOB    NOT NULL UNIQUE REFERENCES mails (id),
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'taken', 'declined')),
    -- What it became.
    message_id  BLOB    REFERENCES messages (id),
    came_at     INTEGER NOT NULL,
    decided_by  BLOB    REFERENCES persons (id),
    decided_at  INTEGER
) STRICT;
CREATE INDEX share_answers_by_share ON share_answers (share_id, came_at);

-- What people did with what leaves a group, for the admins. It names no content.
CREATE TABLE audit (
    id          BLOB    NOT NULL PRIMARY KEY,
    at          INTEGER NOT NULL,
    -- NULL for somebody who is not known.
    person_id   BLOB    REFERENCES persons (id),
    person_name TEXT    NOT NULL,
    group_id    BLOB    REFERENCES groups (id),
    what        TEXT    NOT NULL,
    details     TEXT    NOT NULL
) STRICT;
