-- The quiet time that an admin announced: one line at the most.
CREATE TABLE maintenance (
    name     TEXT    NOT NULL PRIMARY KEY CHECK (name = 'house'),
    begun_at INTEGER NOT NULL,
    -- NULL: until an admin ends it.
    ends_at  INTEGER,
    why      TEXT    NOT NULL
) STRICT;
