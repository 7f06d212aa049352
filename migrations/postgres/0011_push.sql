-- Notices without an open page: the browsers that take them, and who wants to hear of what.

-- A browser that takes notices (RFC 8030).
CREATE TABLE push_subscriptions (
    id              UUID    NOT NULL PRIMARY KEY,
    person_id       UUID    NOT NULL REFERENCES persons (id),
    -- One for each session, and gone with it: whoever is signed out hears nothing.
    session_id      UUID    NOT NULL UNIQUE REFERENCES sessions (id) ON DELETE CASCADE,
    -- When somebody signs in anew by this browser, what it takes is theirs.
    browser_digest  BYTEA   NOT NULL,
    endpoint_digest BYTEA   NOT NULL UNIQUE,
    endpoint        TEXT    NOT NULL,
    p256dh          BYTEA   NOT NULL,
    auth            BYTEA   NOT NULL,
    created_at      BIGINT NOT NULL
);
CREATE INDEX push_subscriptions_by_person ON push_subscriptions (person_id);
CREATE INDEX push_subscriptions_by_browser ON push_subscriptions (browser_digest);

-- Of which messages this member wants to hear; none chosen: as usual for the size of the group.
ALTER TABLE members ADD COLUMN notices TEXT CHECK (notices IN ('all', 'mentions', 'none'));

-- Quiet hours, in minutes since midnight in the person's time zone (an IANA name).
ALTER TABLE accounts ADD COLUMN quiet_from BIGINT;
ALTER TABLE accounts ADD COLUMN quiet_until BIGINT;
ALTER TABLE accounts ADD COLUMN zone TEXT;
-- Whether notices show topic, author and words.
ALTER TABLE accounts ADD COLUMN notices_show_contents BOOLEAN NOT NULL DEFAULT TRUE;
