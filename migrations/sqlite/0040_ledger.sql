-- The ledger as admins work with it: found by address, group, day and outcome; each mail's steps; mails that were dropped.

-- The group that a mail came for, or that it became a message of.
ALTER TABLE mails ADD COLUMN group_id BLOB REFERENCES groups (id);
UPDATE mails SET group_id = (SELECT m.group_id FROM messages m WHERE m.mail_id = mails.id);
CREATE INDEX mails_by_group ON mails (group_id, received_at, id) WHERE group_id IS NOT NULL;

-- One more outcome. A CHECK can't be changed in place: a column of the new rules takes the old one's place.
DROP INDEX mails_by_outcome;
ALTER TABLE mails ADD COLUMN new_outcome TEXT NOT NULL DEFAULT 'waiting'
    CHECK (new_outcome IN ('waiting', 'message', 'draft', 'thread_only', 'ignored', 'quarantined', 'dropped'));
UPDATE mails SET new_outcome = outcome;
ALTER TABLE mails DROP COLUMN outcome;
ALTER TABLE mails RENAME COLUMN new_outcome TO outcome;
CREATE INDEX mails_by_outcome ON mails (outcome, received_at, id);
DROP INDEX mails_by_sender;
CREATE INDEX mails_by_sender ON mails (sender, received_at, id);

-- The receiver's address in lower case, made in Rust.
ALTER TABLE deliveries ADD COLUMN address_key TEXT NOT NULL DEFAULT '';
UPDATE deliveries SET address_key = lower(address);
-- When an admin had it tried again: it waits from then on.
ALTER TABLE deliveries ADD COLUMN retried_at INTEGER;
-- One more state.
DROP INDEX deliveries_waiting;
DROP INDEX deliveries_by_state;
ALTER TABLE deliveries ADD COLUMN new_state TEXT NOT NULL DEFAULT 'waiting'
    CHECK (new_state IN ('waiting', 'sent', 'failed', 'dropped'));
UPDATE deliveries SET new_state = state;
ALTER TABLE deliveries DROP COLUMN state;
ALTER TABLE deliveries RENAME COLUMN new_state TO state;
CREATE INDEX deliveries_waiting ON deliveries (group_id, created_at) WHERE state = 'waiting';
CREATE INDEX deliveries_by_state ON deliveries (state, updated_at);
CREATE INDEX deliveries_by_outcome ON deliveries (state, created_at, id);
CREATE INDEX deliveries_by_address ON deliveries (address_key, created_at, id);
CREATE INDEX deliveries_by_group ON deliveries (group_id, created_at, id) WHERE group_id IS NOT NULL;
-- Mails that were given up and can still be tried again.
CREATE INDEX deliveries_kept ON deliveries (updated_at) WHERE state = 'failed' AND raw IS NOT NULL;

-- Each address of the ledger once: a part of one is looked for here.
CREATE TABLE ledger_addresses (
    address_key TEXT NOT NULL PRIMARY KEY
) STRICT;
INSERT INTO ledger_addresses (address_key)
    SELECT sender FROM mails WHERE sender <> '' UNION SELECT address_key FROM deliveries;

-- What happened to a mail, in or out, beside its outcome. A report is a step of both.
CREATE TABLE ledger_steps (
    id          BLOB    NOT NULL PRIMARY KEY,
    at          INTEGER NOT NULL,
    mail_id     BLOB    REFERENCES mails (id),
    delivery_id BLOB    REFERENCES deliveries (id),
    -- As JSON.
    step        TEXT    NOT NULL
) STRICT;
CREATE INDEX ledger_steps_by_mail ON ledger_steps (mail_id, at) WHERE mail_id IS NOT NULL;
CREATE INDEX ledger_steps_by_delivery ON ledger_steps (delivery_id, at) WHERE delivery_id IS NOT NULL;
