-- Searching messages. The words are made in Rust, the same for both databases (src/domain/search).

CREATE TABLE search_entries (
    message_id BLOB    NOT NULL PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    -- The order of results: the time, and what tells messages of one millisecond apart.
    number     INTEGER NOT NULL UNIQUE,
    group_id   BLOB    NOT NULL REFERENCES groups (id),
    seq        INTEGER NOT NULL
) STRICT;

-- The words of each entry, by its number. The text itself is not kept again. The tokenizer only cuts at spaces.
CREATE VIRTUAL TABLE search_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'ascii');

-- What was written before is put into the index by a job, the newest first.
INSERT INTO jobs (id, job_key, payload, run_at, created_at)
SELECT randomblob(16), 'index-messages:', '{"kind":"index_messages","before":null}', 0, 0
WHERE EXISTS (SELECT 1 FROM messages);
