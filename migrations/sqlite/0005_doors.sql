-- The doors: who asks for sign-in mails, and how often.

-- Somebody asked for a sign-in mail. Whose address it is, if anybody's, the job that answers finds out. Kept for an hour.
CREATE TABLE asks (
    id             BLOB    NOT NULL PRIMARY KEY,
    -- As typed.
    address        TEXT    NOT NULL,
    browser_digest BLOB    NOT NULL,
    -- Whether somebody of this address had signed in by this browser before.
    own            INTEGER NOT NULL,
    -- The page to show after signing in, a path on this server.
    target         TEXT    NOT NULL,
    language       TEXT    NOT NULL CHECK (language IN ('en', 'zh-CN')),
    created_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX asks_by_time ON asks (created_at);

-- The browsers by which people signed in: they stay open to their own people when strangers have used up what an
-- address may be sent.
CREATE TABLE browsers (
    browser_digest BLOB    NOT NULL,
    person_id      BLOB    NOT NULL REFERENCES persons (id) ON DELETE CASCADE,
    used_at        INTEGER NOT NULL,
    PRIMARY KEY (browser_digest, person_id)
) STRICT;
CREATE INDEX browsers_by_time ON browsers (used_at);

-- What is limited by the hour: one row a use. `bucket` is the digest of what is counted, so that neither addresses nor
-- networks stand here.
CREATE TABLE uses (
    bucket  BLOB    NOT NULL,
    used_at INTEGER NOT NULL
) STRICT;
CREATE INDEX uses_by_bucket ON uses (bucket, used_at);
CREATE INDEX uses_by_time ON uses (used_at);
