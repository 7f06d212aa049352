-- A person's own mailbox, opened for as long as they are signed in.

-- Address and password, sealed with the server's key for this session alone. It goes with the session, and no backup holds it.
CREATE TABLE session_mailboxes (
    session_id BLOB NOT NULL PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    sealed     TEXT NOT NULL
) STRICT;
