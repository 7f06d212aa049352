-- One more kind of mails out: who has read a mail that asked for receipts. A CHECK can't be changed in place: a column of the
-- new rules takes the old one's place.
ALTER TABLE deliveries ADD COLUMN new_kind TEXT NOT NULL DEFAULT 'messages'
    CHECK (new_kind IN ('sign_in', 'draft_ready', 'group_link', 'messages', 'answer', 'reminder', 'share', 'trial', 'readers'));
UPDATE deliveries SET new_kind = kind;
ALTER TABLE deliveries DROP COLUMN kind;
ALTER TABLE deliveries RENAME COLUMN new_kind TO kind;
