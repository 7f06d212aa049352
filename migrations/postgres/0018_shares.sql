-- Shares: chosen content as a page and a mail; and the audit log.

-- Whether members may share this group's content with people outside of it.
ALTER TABLE groups ADD COLUMN outside_sharing BOOLEAN NOT NULL DEFAULT TRUE;

-- Mails out, with one more kind.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_kind_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_kind_check CHECK (kind IN ('sign_in', 'draft_ready', 'group_link', 'messages', 'answer', 'reminder', 'share'));

-- A share as its sharer prepares it. What its readers see stands in `share_versions`.
CREATE TABLE shares (
    id            UUID    NOT NULL PRIMARY KEY,
    group_id      UUID    NOT NULL REFERENCES groups (id),
    created_by    UUID    NOT NULL REFERENCES persons (id),
    title         TEXT    NOT NULL,
    -- Markdown.
    note          TEXT    NOT NULL DEFAULT '',
    state         TEXT    NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'out', 'recalled')),
    grouping      TEXT    NOT NULL DEFAULT 'none' CHECK (grouping IN ('none', 'topic', 'tag', 'day')),
    -- Whether it says who said what.
    names         BOOLEAN NOT NULL DEFAULT TRUE,
    files         TEXT    NOT NULL DEFAULT 'included' CHECK (files IN ('included', 'linked', 'left_out')),
    access        TEXT    NOT NULL DEFAULT 'members' CHECK (access IN ('members', 'link')),
    -- What of the password is kept (PHC string format); NULL for none.
    password_hash TEXT,
    -- How many days it can be opened after it was published.
    lasts         BIGINT  NOT NULL DEFAULT 30,
    -- What becomes of answers to its mails.
    answers       TEXT    NOT NULL DEFAULT 'ask' CHECK (answers IN ('ask', 'at_once')),
    -- Counted up when title or note are saved: whoever saves says which ones they saw.
    saves         BIGINT  NOT NULL DEFAULT 0,
    -- The number of its link: what was recalled and is published again gets another one.
    link_number   BIGINT  NOT NULL DEFAULT 0,
    -- Of the link's token, which is derived from the server's key; NULL before the first link, and after a recall.
    token_digest  BYTEA   UNIQUE,
    -- The newest version that was published; 0 before.
    version       BIGINT  NOT NULL DEFAULT 0,
    views         BIGINT  NOT NULL DEFAULT 0,
    created_at    BIGINT  NOT NULL,
    changed_at    BIGINT  NOT NULL,
    published_at  BIGINT,
    expires_at    BIGINT,
    recalled_at   BIGINT,
    recalled_by   UUID    REFERENCES persons (id)
);
CREATE INDEX shares_by_group ON shares (group_id, id);

-- What was chosen, in the order of its rank. A passage keeps its words, as the message may say others by now.
CREATE TABLE share_items (
    share_id       UUID    NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    number         BIGINT  NOT NULL,
    rank           BIGINT  NOT NULL,
    message_id     UUID    NOT NULL REFERENCES messages (id),
    seq            BIGINT  NOT NULL,
    -- The mark it was chosen by; its tags are those of all marks of the same piece.
    mark_id        UUID    REFERENCES marks (id) ON DELETE SET NULL,
    what           TEXT    NOT NULL CHECK (what IN ('message', 'passage', 'file', 'link')),
    file_id        UUID    REFERENCES files (id),
    url            TEXT    NOT NULL DEFAULT '',
    said           TEXT    NOT NULL DEFAULT '',
    said_html      TEXT    NOT NULL DEFAULT '',
    -- How often the message had been edited when this was said.
    edits          BIGINT  NOT NULL DEFAULT 0,
    -- How many messages before and after it are shown with it.
    context_before BIGINT  NOT NULL DEFAULT 0,
    context_after  BIGINT  NOT NULL DEFAULT 0,
    -- Taken out, and kept to be brought back.
    taken_out      BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (share_id, number)
);
CREATE INDEX share_items_by_message ON share_items (message_id);

-- What its readers see of each version, as JSON (src/domain/share_document.rs).
CREATE TABLE share_versions (
    share_id     UUID    NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    number       BIGINT  NOT NULL,
    document     JSONB   NOT NULL,
    published_at BIGINT  NOT NULL,
    PRIMARY KEY (share_id, number)
);

-- The messages of which any version shows something: when one is removed, nothing of it stays.
CREATE TABLE share_messages (
    share_id   UUID NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    message_id UUID NOT NULL REFERENCES messages (id),
    PRIMARY KEY (share_id, message_id)
);
CREATE INDEX share_messages_by_message ON share_messages (message_id);

-- Who gets it by mail.
CREATE TABLE share_receivers (
    id                 UUID    NOT NULL PRIMARY KEY,
    share_id           UUID    NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    person_id          UUID    REFERENCES persons (id),
    name               TEXT    NOT NULL,
    address            TEXT    NOT NULL,
    -- Of the token in the reply address.
    reply_token_digest BYTEA   NOT NULL UNIQUE,
    delivery_id        UUID    REFERENCES deliveries (id),
    -- The version that was sent; 0 while none was.
    version            BIGINT  NOT NULL DEFAULT 0,
    wants_receipt      BOOLEAN NOT NULL DEFAULT FALSE,
    -- When their mail program said that they had it before them.
    read_at            BIGINT,
    added_at           BIGINT  NOT NULL,
    UNIQUE (share_id, address)
);
CREATE INDEX share_receivers_by_delivery ON share_receivers (delivery_id);

-- Who of those that are known has looked at it.
CREATE TABLE share_views (
    share_id  UUID    NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    person_id UUID    NOT NULL REFERENCES persons (id),
    first_at  BIGINT  NOT NULL,
    last_at   BIGINT  NOT NULL,
    views     BIGINT  NOT NULL,
    PRIMARY KEY (share_id, person_id)
);

-- What came back by mail.
CREATE TABLE share_answers (
    id          UUID    NOT NULL PRIMARY KEY,
    share_id    UUID    NOT NULL REFERENCES shares (id) ON DELETE CASCADE,
    receiver_id UUID    NOT NULL REFERENCES share_receivers (id),
    mail_id     UUID    NOT NULL UNIQUE REFERENCES mails (id),
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'taken', 'declined')),
    -- What it became.
    message_id  UUID    REFERENCES messages (id),
    came_at     BIGINT  NOT NULL,
    decided_by  UUID    REFERENCES persons (id),
    decided_at  BIGINT
);
CREATE INDEX share_answers_by_share ON share_answers (share_id, came_at);

-- What people did with what leaves a group, for the admins. It names no content.
CREATE TABLE audit (
    id          UUID    NOT NULL PRIMARY KEY,
    at          BIGINT  NOT NULL,
    -- NULL for somebody who is not known.
    person_id   UUID    REFERENCES persons (id),
    person_name TEXT    NOT NULL,
    group_id    UUID    REFERENCES groups (id),
    what        TEXT    NOT NULL,
    details     JSONB   NOT NULL
);
