-- Drafts, groups, their members and messages.

CREATE TABLE files (
    id         BLOB    NOT NULL PRIMARY KEY,
    -- SHA-256 of the contents, which are stored once.
    digest     BLOB    NOT NULL,
    name       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    size       INTEGER NOT NULL,
    -- Who brought it; nobody if it came with a stranger's mail.
    created_by BLOB    REFERENCES persons (id),
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX files_by_digest ON files (digest);

CREATE TABLE groups (
    id         BLOB    NOT NULL PRIMARY KEY,
    topic      TEXT    NOT NULL,
    thread_id  BLOB    REFERENCES threads (id),
    created_by BLOB    NOT NULL REFERENCES persons (id),
    created_at INTEGER NOT NULL,
    -- The sequence number of the newest message, counted up in the transaction that adds it.
    last_seq   INTEGER NOT NULL DEFAULT 0,
    last_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE drafts (
    id          BLOB    NOT NULL PRIMARY KEY,
    owner_id    BLOB    NOT NULL REFERENCES persons (id),
    topic       TEXT    NOT NULL,
    opening     TEXT    NOT NULL,
    thread_id   BLOB    REFERENCES threads (id),
    -- The mail that asked for it; a job that runs twice finds its draft by it.
    mail_id     BLOB    UNIQUE REFERENCES mails (id),
    state       TEXT    NOT NULL CHECK (state IN ('open', 'confirmed', 'discarded')),
    group_id    BLOB    REFERENCES groups (id),
    -- Counted up with every change.
    version     INTEGER NOT NULL DEFAULT 1,
    -- The edit lease: who, on which open page, until when.
    lease_holder BLOB   REFERENCES persons (id),
    lease_page  BLOB,
    lease_until INTEGER,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX drafts_by_owner ON drafts (owner_id, updated_at);
CREATE INDEX drafts_by_thread ON drafts (thread_id);

CREATE TABLE draft_members (
    draft_id  BLOB    NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    person_id BLOB    NOT NULL REFERENCES persons (id),
    -- Where the mails had them; all 0 for somebody added by hand.
    seen_from INTEGER NOT NULL DEFAULT 0,
    seen_to   INTEGER NOT NULL DEFAULT 0,
    seen_cc   INTEGER NOT NULL DEFAULT 0,
    rank      INTEGER NOT NULL,
    PRIMARY KEY (draft_id, person_id)
) STRICT;
CREATE INDEX draft_members_by_person ON draft_members (person_id);

CREATE TABLE draft_files (
    draft_id BLOB    NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    file_id  BLOB    NOT NULL REFERENCES files (id),
    kept     INTEGER NOT NULL,
    rank     INTEGER NOT NULL,
    PRIMARY KEY (draft_id, file_id)
) STRICT;
CREATE INDEX draft_files_by_file ON draft_files (file_id);

CREATE TABLE members (
    id           BLOB    NOT NULL PRIMARY KEY,
    group_id     BLOB    NOT NULL REFERENCES groups (id),
    person_id    BLOB    NOT NULL REFERENCES persons (id),
    role         TEXT    NOT NULL CHECK (role IN ('owner', 'member')),
    -- Of the token in this member's reply address; the token itself is derived from the server's key.
    token_digest BLOB    NOT NULL UNIQUE,
    read_seq     INTEGER NOT NULL DEFAULT 0,
    mailed_seq   INTEGER NOT NULL DEFAULT 0,
    joined_at    INTEGER NOT NULL,
    UNIQUE (group_id, person_id)
) STRICT;
CREATE INDEX members_by_person ON members (person_id);

CREATE TABLE messages (
    id          BLOB    NOT NULL PRIMARY KEY,
    group_id    BLOB    NOT NULL REFERENCES groups (id),
    seq         INTEGER NOT NULL,
    -- Nobody's if it came by a member's token from somebody else.
    author_id   BLOB    REFERENCES persons (id),
    author_name TEXT    NOT NULL,
    grade       TEXT    NOT NULL CHECK (grade IN ('confirmed', 'by_link')),
    source      TEXT    NOT NULL CHECK (source IN ('browser', 'mail', 'draft')),
    posted_at   INTEGER NOT NULL,
    markdown    TEXT    NOT NULL,
    -- Rendered once, sanitised.
    html        TEXT    NOT NULL,
    quotation   TEXT    NOT NULL DEFAULT '',
    signature   TEXT    NOT NULL DEFAULT '',
    mail_id     BLOB    UNIQUE REFERENCES mails (id),
    client_id   BLOB,
    UNIQUE (group_id, seq),
    -- The same browser sending the same message twice stores it once.
    UNIQUE (group_id, author_id, client_id)
) STRICT;

CREATE TABLE message_files (
    message_id BLOB    NOT NULL REFERENCES messages (id),
    file_id    BLOB    NOT NULL REFERENCES files (id),
    rank       INTEGER NOT NULL,
    PRIMARY KEY (message_id, file_id)
) STRICT;
CREATE INDEX message_files_by_file ON message_files (file_id);

-- Files brought to a group but not yet in a message.
CREATE TABLE group_uploads (
    file_id    BLOB    NOT NULL PRIMARY KEY REFERENCES files (id),
    group_id   BLOB    NOT NULL REFERENCES groups (id),
    created_at INTEGER NOT NULL
) STRICT;

-- Message-IDs by which mails name a group: ours, and those that members' programs and relays made.
CREATE TABLE group_message_ids (
    message_id TEXT NOT NULL PRIMARY KEY,
    group_id   BLOB NOT NULL REFERENCES groups (id)
) STRICT;
