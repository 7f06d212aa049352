-- Receipts: who asks for them, who gives them, and how far a message came with each receiver.

-- Whether a new message of this group asks for receipts, unless its author says otherwise.
ALTER TABLE groups ADD COLUMN receipt_request TEXT NOT NULL DEFAULT 'none' CHECK (receipt_request IN ('none', 'wanted'));
ALTER TABLE messages ADD COLUMN receipt_request TEXT NOT NULL DEFAULT 'none' CHECK (receipt_request IN ('none', 'wanted'));

-- How somebody answers requests: everywhere, and in one group; NULL is as everywhere.
ALTER TABLE accounts ADD COLUMN receipt_policy TEXT NOT NULL DEFAULT 'automatic' CHECK (receipt_policy IN ('automatic', 'manual', 'refuse'));
ALTER TABLE members ADD COLUMN receipt_policy TEXT CHECK (receipt_policy IN ('automatic', 'manual', 'refuse'));

-- One receiver of one message: of those that asked when they were posted, and of those whose mail failed. Others have no
-- row here: for them the read position in `members` is enough.
CREATE TABLE receipts (
    group_id     UUID   NOT NULL REFERENCES groups (id),
    seq          BIGINT NOT NULL,
    person_id    UUID   NOT NULL REFERENCES persons (id),
    -- How far it came; NULL until anything is known.
    state        TEXT   CHECK (state IN ('failed', 'sent', 'cached', 'delivered', 'read', 'declined')),
    -- The server's words about a failure.
    reason       TEXT   NOT NULL DEFAULT '',
    -- When each state was reached, and how it became known.
    failed_at    BIGINT,
    failed_by    TEXT   CHECK (failed_by IN ('browser', 'submission', 'dsn', 'mdn', 'bridge', 'reply')),
    sent_at      BIGINT,
    sent_by      TEXT   CHECK (sent_by IN ('browser', 'submission', 'dsn', 'mdn', 'bridge', 'reply')),
    cached_at    BIGINT,
    cached_by    TEXT   CHECK (cached_by IN ('browser', 'submission', 'dsn', 'mdn', 'bridge', 'reply')),
    delivered_at BIGINT,
    delivered_by TEXT   CHECK (delivered_by IN ('browser', 'submission', 'dsn', 'mdn', 'bridge', 'reply')),
    read_at      BIGINT,
    read_by      TEXT   CHECK (read_by IN ('browser', 'submission', 'dsn', 'mdn', 'bridge', 'reply')),
    declined_at  BIGINT,
    declined_by  TEXT   CHECK (declined_by IN ('browser', 'submission', 'dsn', 'mdn', 'bridge', 'reply')),
    -- When the author last asked them once more, by mail.
    reminded_at  BIGINT,
    PRIMARY KEY (group_id, seq, person_id)
);
CREATE INDEX receipts_by_person ON receipts (person_id, group_id, seq);

-- One more kind of mails out, and the numbers of the group's messages in each.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_kind_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_kind_check CHECK (kind IN ('sign_in', 'draft_ready', 'group_link', 'messages', 'answer', 'reminder'));
ALTER TABLE deliveries ADD COLUMN carried JSONB NOT NULL DEFAULT '[]';
-- When the receiver's mail system said that it has it.
ALTER TABLE deliveries ADD COLUMN delivered_at BIGINT;
