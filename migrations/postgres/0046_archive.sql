-- How far each group was put into the archive, which is a folder of an IMAP server.
CREATE TABLE archived_groups (
    group_id    UUID   NOT NULL PRIMARY KEY REFERENCES groups (id) ON DELETE CASCADE,
    last_seq    BIGINT NOT NULL,
    last_change BIGINT NOT NULL,
    -- Up to here it was begun: what lies between may be there already.
    tried_seq   BIGINT NOT NULL
);
