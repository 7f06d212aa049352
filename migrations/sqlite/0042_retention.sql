-- How long messages are kept, and groups whose messages must stay whatever else is wanted.

-- A legal hold: since when, by whom (NULL from the command line), and why.
ALTER TABLE groups ADD COLUMN held_at INTEGER;
ALTER TABLE groups ADD COLUMN held_by BLOB REFERENCES persons (id);
ALTER TABLE groups ADD COLUMN held_why TEXT NOT NULL DEFAULT '';
-- How many days its owners keep messages; NULL: as long as the house does.
ALTER TABLE groups ADD COLUMN keep_days INTEGER;
-- Messages from before this were told to its owners to be deleted soon, and when.
ALTER TABLE groups ADD COLUMN warned_until INTEGER;
ALTER TABLE groups ADD COLUMN warned_at INTEGER;
-- What they were told the time before.
ALTER TABLE groups ADD COLUMN told_until INTEGER;

-- Mails whose line is forgotten: the same bytes are the same mail still.
CREATE TABLE forgotten_mails (
    digest       BLOB    NOT NULL PRIMARY KEY,
    forgotten_at INTEGER NOT NULL
) STRICT;

-- The oldest messages of all groups.
CREATE INDEX messages_by_age ON messages (posted_at) WHERE removed_at IS NULL AND notice IS NULL;
