-- Members that come and go, and what changed about a group as lines of its log.

-- What changed, as JSON; such a message has no text, counts as nobody's unread and starts no mail of its own.
ALTER TABLE messages ADD COLUMN notice TEXT;
CREATE INDEX messages_notices ON messages (group_id, seq) WHERE notice IS NOT NULL;

-- The newest message that is no notice, and how many notices there are: last_seq - notices messages were said.
ALTER TABLE groups ADD COLUMN said_seq INTEGER NOT NULL DEFAULT 0;
UPDATE groups SET said_seq = last_seq;
ALTER TABLE groups ADD COLUMN notices INTEGER NOT NULL DEFAULT 0;

-- The topic it began with: the subject of its mails, which stay one thread when the topic changes.
ALTER TABLE groups ADD COLUMN subject TEXT NOT NULL DEFAULT '';
UPDATE groups SET subject = topic;

-- Who may add members: all of the organisation, or owners only.
ALTER TABLE groups ADD COLUMN adding TEXT NOT NULL DEFAULT 'members' CHECK (adding IN ('members', 'owners'));

-- What a member wants to hear of: all, nothing that interrupts, or no mails either.
ALTER TABLE members ADD COLUMN muting TEXT NOT NULL DEFAULT 'off' CHECK (muting IN ('off', 'muted', 'silent'));

-- Who left or was removed. A row in members is the right to the group, so they have none there.
CREATE TABLE former_members (
    -- Of the membership that ended; somebody who is added again gets another one.
    id           BLOB NOT NULL PRIMARY KEY,
    group_id     BLOB NOT NULL REFERENCES groups (id),
    person_id    BLOB NOT NULL REFERENCES persons (id),
    -- Of the reply address that stands in their old mails.
    token_digest BLOB NOT NULL UNIQUE,
    joined_at    INTEGER NOT NULL,
    left_at      INTEGER NOT NULL,
    -- Nobody if they left by themselves.
    removed_by   BLOB REFERENCES persons (id)
) STRICT;
CREATE INDEX former_members_by_group ON former_members (group_id, person_id);
