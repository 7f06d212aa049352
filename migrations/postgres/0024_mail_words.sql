-- What the mail of a message is besides its words: signed, encrypted, an invitation, with pictures from elsewhere.
ALTER TABLE messages ADD COLUMN mail_notes JSONB;

-- By which version of the rules its mail was told from what it quotes; none for those before they were counted. When the
-- rules have become better, `mailmoot reread` finds the messages by it.
ALTER TABLE messages ADD COLUMN reply_rules BIGINT;
CREATE INDEX messages_of_mails ON messages (id) WHERE mail_id IS NOT NULL;
