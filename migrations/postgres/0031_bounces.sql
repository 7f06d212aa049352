-- What is known of deliveries beyond "sent": handed on by a server that reports no more, and addresses that mails come back
-- from.

-- Delivered by the word of a server that handed the mail on (RFC 3464 2.3.3) is not the last word: it may still come back.
ALTER TABLE deliveries ADD COLUMN handed_on_at BIGINT;
-- One more source of "delivered". A CHECK can't be changed in place: a column of the new rules takes the old one's place.
ALTER TABLE receipts ADD COLUMN delivered_how TEXT
    CHECK (delivered_how IN ('browser', 'submission', 'dsn', 'relayed', 'expanded', 'mdn', 'bridge', 'reply'));
UPDATE receipts SET delivered_how = delivered_by;
ALTER TABLE receipts DROP COLUMN delivered_by;
ALTER TABLE receipts RENAME COLUMN delivered_how TO delivered_by;
-- The server that handed it on.
ALTER TABLE receipts ADD COLUMN via TEXT NOT NULL DEFAULT '';

-- One more kind of mails out: a trial, whether an address works again.
ALTER TABLE deliveries ADD COLUMN new_kind TEXT NOT NULL DEFAULT 'messages'
    CHECK (new_kind IN ('sign_in', 'draft_ready', 'group_link', 'messages', 'answer', 'reminder', 'share', 'trial'));
UPDATE deliveries SET new_kind = kind;
ALTER TABLE deliveries DROP COLUMN kind;
ALTER TABLE deliveries RENAME COLUMN new_kind TO kind;

-- Addresses that mails come back from. One that is fine has no row.
CREATE TABLE address_troubles (
    address_key TEXT NOT NULL PRIMARY KEY,
    -- Trouble lately; no group mails until it works again; a trial is on its way.
    state       TEXT NOT NULL CHECK (state IN ('soft', 'suspended', 'probing')),
    class       TEXT NOT NULL CHECK (class IN ('hard', 'soft', 'policy', 'full', 'unknown')),
    -- The server's, of the last mail that came back.
    words       TEXT NOT NULL,
    -- When the first and the last one came back.
    since       BIGINT NOT NULL,
    last_at     BIGINT NOT NULL,
    -- Trials that failed, when the next one goes out, and the one that is on its way.
    trials      BIGINT NOT NULL DEFAULT 0,
    trial_at    BIGINT,
    trial_id    UUID
);
CREATE INDEX address_troubles_by_trial ON address_troubles (trial_id);
