-- Messages after they were posted: edited, removed, reacted to, pinned; and which message one answers.

-- Counted up with every change of a message that was there already, in the transaction that changes it: the order of
-- numbers is the order of commits, as with `last_seq`.
ALTER TABLE groups ADD COLUMN last_change BIGINT NOT NULL DEFAULT 0;
-- When a message was changed last: lists of groups show the newest one.
ALTER TABLE groups ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;

-- The number of the last change; 0 for a message as it was posted.
ALTER TABLE messages ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
-- Of the same group.
ALTER TABLE messages ADD COLUMN answers UUID REFERENCES messages (id);
ALTER TABLE messages ADD COLUMN edits BIGINT NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN edited_at BIGINT;
-- Of a removed message nothing is left but its place, its author, and who removed it when.
ALTER TABLE messages ADD COLUMN removed_by UUID REFERENCES persons (id);
ALTER TABLE messages ADD COLUMN remover_name TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN removed_at BIGINT;
ALTER TABLE messages ADD COLUMN pinned_by UUID REFERENCES persons (id);
ALTER TABLE messages ADD COLUMN pinned_at BIGINT;
CREATE INDEX messages_by_change ON messages (group_id, changed) WHERE changed > 0;
CREATE INDEX messages_by_pin ON messages (group_id, pinned_at) WHERE pinned_at IS NOT NULL;

-- What an edited message said before.
CREATE TABLE message_versions (
    message_id UUID    NOT NULL REFERENCES messages (id),
    -- 1 is the message as it was posted.
    number     BIGINT NOT NULL,
    markdown   TEXT    NOT NULL,
    html       TEXT    NOT NULL,
    -- Since when it said this.
    written_at BIGINT NOT NULL,
    PRIMARY KEY (message_id, number)
);

-- One row a person and emoji.
CREATE TABLE reactions (
    message_id UUID    NOT NULL REFERENCES messages (id),
    person_id  UUID    NOT NULL REFERENCES persons (id),
    emoji      TEXT    NOT NULL,
    reacted_at BIGINT NOT NULL,
    PRIMARY KEY (message_id, person_id, emoji)
);
