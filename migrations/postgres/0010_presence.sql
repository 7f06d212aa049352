-- What people say of themselves. Whether their pages are open is known in memory only.
CREATE TABLE statuses (
    person_id UUID   NOT NULL PRIMARY KEY REFERENCES persons (id) ON DELETE CASCADE,
    choice    TEXT   NOT NULL CHECK (choice IN ('online', 'busy', 'away')),
    -- Such as "at lunch"; may be empty.
    note      TEXT   NOT NULL,
    -- From then on it no longer holds; NULL: until it is changed.
    ends_at   BIGINT
);
