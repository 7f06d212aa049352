-- Whole groups that go out as files, and those that come in.

-- What somebody asked to have of a group, and how far it is. The file itself is in the folder of exports, under the id.
CREATE TABLE exports (
    id          UUID    NOT NULL PRIMARY KEY,
    group_id    UUID    NOT NULL REFERENCES groups (id),
    -- Who asked, and alone may fetch it.
    person_id   UUID    NOT NULL REFERENCES persons (id),
    format      TEXT    NOT NULL CHECK (format IN ('mbox', 'zip')),
    -- Of what we write into it.
    language    TEXT    NOT NULL CHECK (language IN ('en', 'zh-CN')),
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    -- The first and the last of its messages.
    first_seq   BIGINT  NOT NULL,
    last_seq    BIGINT  NOT NULL,
    -- How many of its messages were written: of a zip each is written three times.
    written     BIGINT  NOT NULL DEFAULT 0,
    -- In bytes, once it is done.
    size        BIGINT,
    -- Why it failed.
    problem     TEXT    CHECK (problem IN ('disk', 'not_member', 'broken')),
    asked_at    BIGINT  NOT NULL,
    finished_at BIGINT,
    -- It is taken away then.
    expires_at  BIGINT
);
CREATE INDEX exports_by_person ON exports (person_id, group_id, asked_at);
CREATE INDEX exports_by_end ON exports (expires_at) WHERE expires_at IS NOT NULL;

-- Groups that came from an export. Until all of it is there a group has no members: nobody sees it.
CREATE TABLE group_imports (
    group_id    UUID    NOT NULL PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    begun_at    BIGINT  NOT NULL,
    finished_at BIGINT
);
