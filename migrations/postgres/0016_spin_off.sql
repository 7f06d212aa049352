-- Groups that began from other groups, and what they took along.

-- The group it was spun off from.
ALTER TABLE groups ADD COLUMN parent_id UUID REFERENCES groups (id);
CREATE INDEX groups_by_parent ON groups (parent_id);
ALTER TABLE drafts ADD COLUMN parent_id UUID REFERENCES groups (id);

-- Messages of the parent that the new group is to begin with.
CREATE TABLE draft_messages (
    draft_id   UUID    NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    message_id UUID    NOT NULL REFERENCES messages (id),
    kept       BOOLEAN NOT NULL,
    PRIMARY KEY (draft_id, message_id)
);
CREATE INDEX draft_messages_by_message ON draft_messages (message_id);

-- Where a message that was taken along stood, what that group was called then, and when it was posted there.
ALTER TABLE messages ADD COLUMN from_group UUID REFERENCES groups (id);
ALTER TABLE messages ADD COLUMN from_topic TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN from_seq BIGINT;
ALTER TABLE messages ADD COLUMN from_at BIGINT;
CREATE INDEX messages_by_origin ON messages (from_group) WHERE from_group IS NOT NULL;
