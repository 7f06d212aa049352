-- All that is known of one person, as a file. It lies in the folder of exports, under the id.
CREATE TABLE person_exports (
    id          BLOB    NOT NULL PRIMARY KEY,
    -- Of whom it tells.
    person_id   BLOB    NOT NULL REFERENCES persons (id),
    -- Who asked, and alone may fetch it: the person, or an admin.
    asked_by    BLOB    NOT NULL REFERENCES persons (id),
    -- Of what we write into it.
    language    TEXT    NOT NULL CHECK (language IN ('en', 'zh-CN')),
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    -- In bytes, once it is done.
    size        INTEGER,
    -- Why it failed.
    problem     TEXT    CHECK (problem IN ('disk', 'not_member', 'broken')),
    asked_at    INTEGER NOT NULL,
    finished_at INTEGER,
    -- It is taken away then.
    expires_at  INTEGER
) STRICT;
CREATE INDEX person_exports_by_person ON person_exports (person_id, asked_by, asked_at);
CREATE INDEX person_exports_by_end ON person_exports (expires_at) WHERE expires_at IS NOT NULL;
