-- Notices without an open page: the browsers that take them, and who wants to hear of what.

-- A browser that takes notices (RFC 8030).
CREATE TABLE push_subscriptions (
    id              BLOB    NOT NULL PRIMARY KEY,
    person_id       BLOB    NOT NULL REFERENCES persons (id),
    -- One for each session, and gone with it: whoever is signed out hears nothing.
    session_id      BLOB    NOT NULL UNIQUE REFERENCES sessions (id) ON DELETE CASCADE,
    -- When somebody signs in anew by this browser, what it takes is theirs.
    browser_digest  BLOB    NOT NULL,
    endpoint_digest BLOB    NOT NULL UNIQUE,
    endpoint        TEXT    NOT NULL,
    p256dh          BLOB    NOT NULL,
    auth            BLOB    NOT NULL,
    created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX push_subscriptions_by_person ON push_subscriptions (person_id);
CREATE INDEX push_subscriptions_by_browser ON push_subscriptions (browser_digest);

-- Of which messages this member wants to hear; none chosen: as usual for the size of the group.
ALTER TABLE members ADD COLUMN notices TEXT CHECK (notices IN ('all', 'mentions', 'none'));

-- Quiet hours, in minutes since midnight in the person's time zone (an IANA name).
ALTER TABLE accounts ADD COLUMN quiet_from INTEGER;
ALTER TABLE accounts ADD COLUMN quiet_until INTEGER;
ALTER TABLE accounts ADD COLUMN zone TEXT;
-- Whether notices show topic, author and words.
ALTER TABLE accounts ADD COLUMN notices_show_contents INTEGER NOT NULL DEFAULT 1;
