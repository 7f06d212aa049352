-- How long messages are kept, and groups whose messages must stay whatever else is wanted.

-- A legal hold: since when, by whom (NULL from the command line), and why.
ALTER TABLE groups ADD COLUMN held_at BIGINT;
ALTER TABLE groups ADD COLUMN held_by UUID REFERENCES persons (id);
ALTER TABLE groups ADD COLUMN held_why TEXT NOT NULL DEFAULT '';
-- How many days its owners keep messages; NULL: as long as the house does.
ALTER TABLE groups ADD COLUMN keep_days BIGINT;
-- Messages from before this were told to its owners to be deleted soon, and when.
ALTER TABLE groups ADD COLUMN warned_until BIGINT;
ALTER TABLE groups ADD COLUMN warned_at BIGINT;
-- What they were told the time before.
ALTER TABLE groups ADD COLUMN told_until BIGINT;

-- Mails whose line is forgotten: the same bytes are the same mail still.
CREATE TABLE forgotten_mails (
    digest       BYTEA  NOT NULL PRIMARY KEY,
    forgotten_at BIGINT NOT NULL
);

-- The oldest messages of all groups.
CREATE INDEX messages_by_age ON messages (posted_at) WHERE removed_at IS NULL AND notice IS NULL;
