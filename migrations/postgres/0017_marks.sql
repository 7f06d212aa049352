-- What members marked while reading: which piece of content, with which tag, about which topic.

-- The labels of a group. Those that every group has get their row when they are first used; their names are in the
-- reader's language.
CREATE TABLE tags (
    id         UUID    PRIMARY KEY,
    group_id   UUID    NOT NULL REFERENCES groups (id),
    -- NULL for a tag of the group's own.
    kind       TEXT    CHECK (kind IN ('decision', 'action', 'question', 'answer', 'fact', 'risk', 'idea')),
    name       TEXT    NOT NULL,
    -- The kind, or the name folded in Rust: two names that people take for the same are one tag.
    folded     TEXT    NOT NULL,
    colour     TEXT    NOT NULL CHECK (colour IN ('red', 'orange', 'yellow', 'green', 'teal', 'blue', 'violet', 'grey')),
    created_by UUID    REFERENCES persons (id),
    created_at BIGINT NOT NULL,
    UNIQUE (group_id, folded)
);

-- One tag on one piece of content. It keeps what that said when it was marked.
CREATE TABLE marks (
    id            UUID    PRIMARY KEY,
    group_id      UUID    NOT NULL REFERENCES groups (id),
    message_id    UUID    NOT NULL REFERENCES messages (id),
    seq           BIGINT NOT NULL,
    tag_id        UUID    NOT NULL REFERENCES tags (id),
    -- Which piece, so that one piece has a tag once: message, file:<id>, link:<url>, passage:<start>+<length>, and
    -- lost:<mark> for a passage that an edit took out of the message.
    target        TEXT    NOT NULL,
    what          TEXT    NOT NULL CHECK (what IN ('message', 'passage', 'file', 'link')),
    content       TEXT    NOT NULL CHECK (content IN ('text', 'link', 'picture', 'attachment')),
    file_id       UUID    REFERENCES files (id),
    url           TEXT    NOT NULL DEFAULT '',
    -- A passage by its words and those around it, and where it begins in the message's plain text; NULL once an edit
    -- lost it.
    quote         TEXT    NOT NULL DEFAULT '',
    before        TEXT    NOT NULL DEFAULT '',
    after         TEXT    NOT NULL DEFAULT '',
    start         BIGINT,
    said          TEXT    NOT NULL,
    said_html     TEXT    NOT NULL,
    -- How often the message had been edited by then.
    edits         BIGINT NOT NULL,
    topic         TEXT    NOT NULL DEFAULT '',
    topic_folded  TEXT    NOT NULL DEFAULT '',
    source        TEXT    NOT NULL CHECK (source IN ('browser', 'hashtag')),
    marked_by     UUID    REFERENCES persons (id),
    marker_name   TEXT    NOT NULL,
    marked_at     BIGINT NOT NULL,
    assignee_id   UUID    REFERENCES persons (id),
    assignee_name TEXT    NOT NULL DEFAULT '',
    -- Days since 1970-01-01.
    due_on        BIGINT,
    done_by       UUID    REFERENCES persons (id),
    doer_name     TEXT    NOT NULL DEFAULT '',
    done_at       BIGINT,
    UNIQUE (message_id, tag_id, target)
);
CREATE INDEX marks_by_time ON marks (group_id, marked_at, id);
CREATE INDEX marks_by_message ON marks (message_id);
CREATE INDEX marks_by_tag ON marks (tag_id);
CREATE INDEX marks_by_topic ON marks (group_id, topic_folded);
CREATE INDEX marks_to_do ON marks (assignee_id) WHERE done_at IS NULL;

-- Choices of marks that somebody comes back to; of one group, or of all they are in (NULL).
CREATE TABLE saved_views (
    id         UUID    PRIMARY KEY,
    person_id  UUID    NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    group_id   UUID    REFERENCES groups (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    query      TEXT    NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX saved_views_by_person ON saved_views (person_id, group_id);
