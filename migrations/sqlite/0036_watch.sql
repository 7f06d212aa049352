-- Whether all runs: what was found wrong, when certificates end, and which sources of mail are in use.

-- What is wrong, as long as it lasts, and what was.
CREATE TABLE alerts (
    id        BLOB NOT NULL PRIMARY KEY,
    -- The same trouble has the same key.
    alert_key TEXT NOT NULL,
    -- What is wrong, as JSON, as it was seen last.
    concern   TEXT NOT NULL,
    begun_at  INTEGER NOT NULL,
    seen_at   INTEGER NOT NULL,
    -- When admins were told of it.
    told_at   INTEGER,
    ended_at  INTEGER
) STRICT;
CREATE UNIQUE INDEX alerts_open ON alerts (alert_key) WHERE ended_at IS NULL;
CREATE INDEX alerts_by_time ON alerts (begun_at, id);

-- Until when the certificates of servers hold that we talk to.
CREATE TABLE certificates (
    -- host:port.
    server    TEXT NOT NULL PRIMARY KEY,
    ends_at   INTEGER NOT NULL,
    looked_at INTEGER NOT NULL
) STRICT;

-- Ways out that can't be used now, since when, and what they say.
CREATE TABLE outlets (
    name       TEXT NOT NULL PRIMARY KEY,
    away_since INTEGER NOT NULL,
    words      TEXT NOT NULL
) STRICT;

-- One that the configuration does not name any more keeps its position, and is not missed.
ALTER TABLE folders ADD COLUMN in_use INTEGER NOT NULL DEFAULT 1;

-- What became of mails out lately.
CREATE INDEX deliveries_by_state ON deliveries (state, updated_at);

-- One more kind of mails out: to admins, of what is wrong. A CHECK can't be changed in place: a column of the new rules takes the
-- old one's place.
ALTER TABLE deliveries ADD COLUMN new_kind TEXT NOT NULL DEFAULT 'messages'
    CHECK (new_kind IN ('sign_in', 'draft_ready', 'group_link', 'messages', 'answer', 'reminder', 'share', 'trial', 'readers',
                        'alert'));
UPDATE deliveries SET new_kind = kind;
ALTER TABLE deliveries DROP COLUMN kind;
ALTER TABLE deliveries RENAME COLUMN new_kind TO kind;
