-- Whether a member writes by a messenger that speaks mail.
ALTER TABLE members ADD COLUMN chats BOOLEAN NOT NULL DEFAULT FALSE;
