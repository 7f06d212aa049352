-- People who were erased (data protection). Their row stays without anything that tells who they were, since what they
-- wrote and made refers to it.

CREATE TABLE erasures (
    person_id UUID    NOT NULL PRIMARY KEY REFERENCES persons (id),
    -- Whether the text and the files of their messages go, too.
    texts     BOOLEAN NOT NULL,
    asked_at  BIGINT  NOT NULL,
    -- When the last message was done; some stay while a legal hold keeps them.
    done_at   BIGINT
);

-- Addresses that a directory must not bring back: a keyed digest of each, from which nobody can read it.
CREATE TABLE erased_addresses (
    fingerprint BYTEA   NOT NULL PRIMARY KEY,
    erased_at   BIGINT  NOT NULL
);

-- The bytes of a mail were erased; its line stays without its sender and its subject.
ALTER TABLE mails ADD COLUMN erased_at BIGINT;
CREATE INDEX messages_by_author ON messages (author_id, id) WHERE author_id IS NOT NULL;
