-- Settings that admins keep on pages, beside those of the file and the environment, and what they were before.

CREATE TABLE settings (
    -- `section.name`, or `section.NAME.name`.
    name   TEXT    NOT NULL PRIMARY KEY,
    value  TEXT    NOT NULL,
    -- The value is encrypted with the server's key.
    sealed INTEGER NOT NULL
) STRICT;

-- Each time that somebody saved some, one number after the other.
CREATE TABLE setting_saves (
    number    INTEGER NOT NULL PRIMARY KEY,
    saved_at  INTEGER NOT NULL,
    person_id BLOB    REFERENCES persons (id) ON DELETE SET NULL
) STRICT, WITHOUT ROWID;

-- What a save changed. NULL: not kept here.
CREATE TABLE setting_changes (
    save   INTEGER NOT NULL REFERENCES setting_saves (number),
    name   TEXT    NOT NULL,
    sealed INTEGER NOT NULL,
    before TEXT,
    after  TEXT,
    PRIMARY KEY (save, name)
) STRICT;
