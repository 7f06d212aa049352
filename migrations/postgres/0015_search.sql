-- Searching messages. The words are made in Rust, the same for both databases (src/domain/search).

CREATE TABLE search_entries (
    message_id UUID     NOT NULL PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    -- The order of results: the time, and what tells messages of one millisecond apart.
    number     BIGINT   NOT NULL UNIQUE,
    group_id   UUID     NOT NULL REFERENCES groups (id),
    seq        BIGINT   NOT NULL,
    words      TSVECTOR NOT NULL
);

-- Without a list of pending words, which every search would read and some message would have to put in order.
CREATE INDEX search_entries_by_word ON search_entries USING gin (words) WITH (fastupdate = off);

-- What was written before is put into the index by a job, the newest first.
INSERT INTO jobs (id, job_key, payload, run_at, created_at)
SELECT gen_random_uuid(), 'index-messages:', '{"kind":"index_messages","before":null}', 0, 0
WHERE EXISTS (SELECT 1 FROM messages);
