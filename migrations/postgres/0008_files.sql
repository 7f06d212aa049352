-- Pictures and their thumbnails, files that come in parts, contents that are to be taken away, and where a group's files are.

-- How large a picture is shown, in pixels; nothing for what has no thumbnail.
ALTER TABLE files ADD COLUMN width BIGINT;
ALTER TABLE files ADD COLUMN height BIGINT;

-- The message's group and number once more, so that a group's files are listed without looking through its messages.
ALTER TABLE message_files ADD COLUMN group_id UUID REFERENCES groups (id);
ALTER TABLE message_files ADD COLUMN seq BIGINT;
UPDATE message_files SET
    group_id = (SELECT m.group_id FROM messages m WHERE m.id = message_files.message_id),
    seq = (SELECT m.seq FROM messages m WHERE m.id = message_files.message_id);
CREATE INDEX message_files_by_place ON message_files (group_id, seq, rank);

-- Files on their way to a group, part by part. When all is there, it is a file of the same id.
CREATE TABLE uploads (
    id         UUID    NOT NULL PRIMARY KEY,
    group_id   UUID    NOT NULL REFERENCES groups (id),
    person_id  UUID    NOT NULL REFERENCES persons (id),
    name       TEXT    NOT NULL,
    -- What it will have, in bytes, and what of it is on disk.
    size       BIGINT NOT NULL,
    received   BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);
CREATE INDEX uploads_by_person ON uploads (person_id);
CREATE INDEX uploads_by_time ON uploads (created_at, id);

-- Contents whose last file was removed. They are taken away when nobody can be about to use them again.
CREATE TABLE removed_contents (
    digest     BYTEA   NOT NULL PRIMARY KEY,
    removed_at BIGINT NOT NULL
);
