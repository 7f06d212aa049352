-- Whether a member writes by a messenger that speaks mail.
ALTER TABLE members ADD COLUMN chats INTEGER NOT NULL DEFAULT 0;
