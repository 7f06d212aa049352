-- Directories: where an organisation keeps its people, and what each source said of somebody last.

-- Since when no directory has somebody any more that had them. They stay: what they wrote is theirs.
ALTER TABLE persons ADD COLUMN departed_at BIGINT;

-- What one source says of one person. `:import` is a file that was imported, `:mail` what mails said before a directory knew
-- the person; all others are names of configured sources.
CREATE TABLE directory_entries (
    source      TEXT    NOT NULL,
    -- Names somebody in this source for ever.
    uid         TEXT    NOT NULL,
    person_id   UUID    NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    -- Where they are in it now: a distinguished name, or a path.
    locator     TEXT    NOT NULL,
    -- As JSON (src/domain/directory.rs).
    said        JSONB   NOT NULL,
    digest      BYTEA   NOT NULL,
    changed_at  BIGINT NOT NULL,
    departed_at BIGINT,
    PRIMARY KEY (source, uid)
);
CREATE INDEX directory_entries_by_person ON directory_entries (person_id);
CREATE INDEX directory_entries_by_locator ON directory_entries (source, locator);

-- How far a source was read.
CREATE TABLE directory_sources (
    name       TEXT    NOT NULL PRIMARY KEY,
    -- From where on it is asked for changes; empty if all of it has to be read.
    position   TEXT    NOT NULL DEFAULT '',
    -- When all of it was read last.
    full_at    BIGINT,
    -- An admin has said that far fewer people are right this once.
    take_fewer BOOLEAN NOT NULL DEFAULT FALSE
);

-- What came of the last times it was read.
CREATE TABLE directory_syncs (
    id       UUID    NOT NULL PRIMARY KEY,
    source   TEXT    NOT NULL,
    begun_at BIGINT NOT NULL,
    took_ms  BIGINT NOT NULL,
    well     BOOLEAN NOT NULL,
    -- As JSON (src/domain/directory_sync.rs).
    outcome  JSONB   NOT NULL
);
CREATE INDEX directory_syncs_by_source ON directory_syncs (source, begun_at);

-- Files of people that an admin looks at before they are taken. Forgotten after a day.
CREATE TABLE directory_imports (
    id        UUID    NOT NULL PRIMARY KEY,
    person_id UUID    NOT NULL REFERENCES persons (id),
    -- As JSON (src/domain/person.rs).
    entries   JSONB   NOT NULL,
    asked_at  BIGINT  NOT NULL
);
