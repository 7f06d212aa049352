-- How far each group was put into the archive, which is a folder of an IMAP server.
CREATE TABLE archived_groups (
    group_id    BLOB    NOT NULL PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    last_seq    INTEGER NOT NULL,
    last_change INTEGER NOT NULL,
    -- Up to here it was begun: what lies between may be there already.
    tried_seq   INTEGER NOT NULL
) STRICT;
