-- How a mail was found to belong where it went, and the other names that relays give our mails.

-- By an address of ours that it was sent to, by the mail it answers, or by its References. "new_matter": its References
-- name a group, but its subject is another one, so it belongs to none.
ALTER TABLE mails ADD COLUMN way TEXT CHECK (way IN ('address', 'answer', 'references', 'new_matter'));
-- Whose reply address it was sent to.
ALTER TABLE mails ADD COLUMN token_person UUID REFERENCES persons (id);
-- In how many more groups it became a message.
ALTER TABLE mails ADD COLUMN also_groups BIGINT NOT NULL DEFAULT 0;
-- What is known of whether its From is true (RFC 8601), as JSON; none if nobody looked.
ALTER TABLE mails ADD COLUMN proof JSONB;

-- Of which mail of ours this is another name: some relays give a mail a Message-ID of their own.
ALTER TABLE group_message_ids ADD COLUMN alias_of TEXT;
