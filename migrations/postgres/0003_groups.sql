-- Drafts, groups, their members and messages.

CREATE TABLE files (
    id         UUID    NOT NULL PRIMARY KEY,
    -- SHA-256 of the contents, which are stored once.
    digest     BYTEA    NOT NULL,
    name       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    size       BIGINT NOT NULL,
    -- Who brought it; nobody if it came with a stranger's mail.
    created_by UUID    REFERENCES persons (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX files_by_digest ON files (digest);

CREATE TABLE groups (
    id         UUID    NOT NULL PRIMARY KEY,
    topic      TEXT    NOT NULL,
    thread_id  UUID    REFERENCES threads (id),
    created_by UUID    NOT NULL REFERENCES persons (id),
    created_at BIGINT NOT NULL,
    -- The sequence number of the newest message, counted up in the transaction that adds it.
    last_seq   BIGINT NOT NULL DEFAULT 0,
    last_at    BIGINT NOT NULL
);

CREATE TABLE drafts (
    id          UUID    NOT NULL PRIMARY KEY,
    owner_id    UUID    NOT NULL REFERENCES persons (id),
    topic       TEXT    NOT NULL,
    opening     TEXT    NOT NULL,
    thread_id   UUID    REFERENCES threads (id),
    -- The mail that asked for it; a job that runs twice finds its draft by it.
    mail_id     UUID    UNIQUE REFERENCES mails (id),
    state       TEXT    NOT NULL CHECK (state IN ('open', 'confirmed', 'discarded')),
    group_id    UUID    REFERENCES groups (id),
    -- Counted up with every change.
    version     BIGINT NOT NULL DEFAULT 1,
    -- The edit lease: who, on which open page, until when.
    lease_holder UUID   REFERENCES persons (id),
    lease_page  UUID,
    lease_until BIGINT,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL
);
CREATE INDEX drafts_by_owner ON drafts (owner_id, updated_at);
CREATE INDEX drafts_by_thread ON drafts (thread_id);

CREATE TABLE draft_members (
    draft_id  UUID    NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    person_id UUID    NOT NULL REFERENCES persons (id),
    -- Where the mails had them; all 0 for somebody added by hand.
    seen_from BIGINT NOT NULL DEFAULT 0,
    seen_to   BIGINT NOT NULL DEFAULT 0,
    seen_cc   BIGINT NOT NULL DEFAULT 0,
    rank      BIGINT NOT NULL,
    PRIMARY KEY (draft_id, person_id)
);
CREATE INDEX draft_members_by_person ON draft_members (person_id);

CREATE TABLE draft_files (
    draft_id UUID    NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    file_id  UUID    NOT NULL REFERENCES files (id),
    kept     BOOLEAN NOT NULL,
    rank     BIGINT NOT NULL,
    PRIMARY KEY (draft_id, file_id)
);
CREATE INDEX draft_files_by_file ON draft_files (file_id);

CREATE TABLE members (
    id           UUID    NOT NULL PRIMARY KEY,
    group_id     UUID    NOT NULL REFERENCES groups (id),
    person_id    UUID    NOT NULL REFERENCES persons (id),
    role         TEXT    NOT NULL CHECK (role IN ('owner', 'member')),
    -- Of the token in this member's reply address; the token itself is derived from the server's key.
    token_digest BYTEA    NOT NULL UNIQUE,
    read_seq     BIGINT NOT NULL DEFAULT 0,
    mailed_seq   BIGINT NOT NULL DEFAULT 0,
    joined_at    BIGINT NOT NULL,
    UNIQUE (group_id, person_id)
);
CREATE INDEX members_by_person ON members (person_id);

CREATE TABLE messages (
    id          UUID    NOT NULL PRIMARY KEY,
    group_id    UUID    NOT NULL REFERENCES groups (id),
    seq         BIGINT NOT NULL,
    -- Nobody's if it came by a member's token from somebody else.
    author_id   UUID    REFERENCES persons (id),
    author_name TEXT    NOT NULL,
    grade       TEXT    NOT NULL CHECK (grade IN ('confirmed', 'by_link')),
    source      TEXT    NOT NULL CHECK (source IN ('browser', 'mail', 'draft')),
    posted_at   BIGINT NOT NULL,
    markdown    TEXT    NOT NULL,
    -- Rendered once, sanitised.
    html        TEXT    NOT NULL,
    quotation   TEXT    NOT NULL DEFAULT '',
    signature   TEXT    NOT NULL DEFAULT '',
    mail_id     UUID    UNIQUE REFERENCES mails (id),
    client_id   UUID,
    UNIQUE (group_id, seq),
    -- The same browser sending the same message twice stores it once.
    UNIQUE (group_id, author_id, client_id)
);

CREATE TABLE message_files (
    message_id UUID    NOT NULL REFERENCES messages (id),
    file_id    UUID    NOT NULL REFERENCES files (id),
    rank       BIGINT NOT NULL,
    PRIMARY KEY (message_id, file_id)
);
CREATE INDEX message_files_by_file ON message_files (file_id);

-- Files brought to a group but not yet in a message.
CREATE TABLE group_uploads (
    file_id    UUID    NOT NULL PRIMARY KEY REFERENCES files (id),
    group_id   UUID    NOT NULL REFERENCES groups (id),
    created_at BIGINT NOT NULL
);

-- Message-IDs by which mails name a group: ours, and those that members' programs and relays made.
CREATE TABLE group_message_ids (
    message_id TEXT NOT NULL PRIMARY KEY,
    group_id   UUID NOT NULL REFERENCES groups (id)
);
