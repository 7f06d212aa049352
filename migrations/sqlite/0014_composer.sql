-- Opening a discussion at a date, mentioning people, and texts that are not sent yet.

-- The first message of a day is found by it.
CREATE INDEX messages_by_time ON messages (group_id, posted_at, seq);

-- Whom a message mentions. All were members when it was written.
CREATE TABLE message_mentions (
    message_id BLOB NOT NULL REFERENCES messages (id),
    person_id  BLOB NOT NULL REFERENCES persons (id),
    PRIMARY KEY (message_id, person_id)
) STRICT;
CREATE INDEX message_mentions_by_person ON message_mentions (person_id);

-- What somebody has typed in a group and not sent yet, so that it is there on their other devices. At most one a group:
-- the newest.
CREATE TABLE unsent_texts (
    person_id  BLOB    NOT NULL REFERENCES persons (id),
    group_id   BLOB    NOT NULL REFERENCES groups (id),
    markdown   TEXT    NOT NULL,
    -- The message it answers, if any.
    answers    BLOB    REFERENCES messages (id),
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (person_id, group_id)
) STRICT;
