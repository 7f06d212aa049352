-- Answers to the mails of shares: what the sharer reads before they decide, and under which share they come into the group.

-- Who wrote it, as their mail says.
ALTER TABLE share_answers ADD COLUMN writer TEXT NOT NULL DEFAULT '';
ALTER TABLE share_answers ADD COLUMN address TEXT NOT NULL DEFAULT '';
-- How it begins, as long as nobody has decided.
ALTER TABLE share_answers ADD COLUMN words TEXT NOT NULL DEFAULT '';
ALTER TABLE share_answers ADD COLUMN files BIGINT NOT NULL DEFAULT 0;

-- The share whose mail a message from outside answers.
ALTER TABLE messages ADD COLUMN share_id UUID REFERENCES shares (id);
