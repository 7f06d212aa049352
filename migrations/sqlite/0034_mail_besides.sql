-- What mails of a group say beside what is new.

-- Whose words stand in it: pairs of a message's number and how often it had been edited by then, -1 for a removed one.
ALTER TABLE deliveries ADD COLUMN stated TEXT NOT NULL DEFAULT '[]';
-- The group's change number up to which a member was told, or saw, what became of messages.
ALTER TABLE members ADD COLUMN told_change INTEGER NOT NULL DEFAULT 0;
UPDATE members SET told_change = (SELECT last_change FROM groups WHERE groups.id = members.group_id);

-- How many messages from before what is new a mail quotes.
ALTER TABLE members ADD COLUMN quoted INTEGER NOT NULL DEFAULT 0 CHECK (quoted BETWEEN 0 AND 10);

-- When and by whom somebody else was asked to do an action; NULL when there is nothing to be told of it.
ALTER TABLE marks ADD COLUMN asked_at INTEGER;
ALTER TABLE marks ADD COLUMN asked_by TEXT NOT NULL DEFAULT '';
CREATE INDEX marks_asked ON marks (group_id, assignee_id) WHERE asked_at IS NOT NULL;
