-- What an automatic answer of somebody's mail program says of them. What they say themselves takes its place.
ALTER TABLE statuses ADD COLUMN by_mail BOOLEAN NOT NULL DEFAULT FALSE;
-- The last day away, in days since 1970-01-01; NULL: it did not say.
ALTER TABLE statuses ADD COLUMN last_day BIGINT;
-- The first lines of the answer.
ALTER TABLE statuses ADD COLUMN words TEXT NOT NULL DEFAULT '';
