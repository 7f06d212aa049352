-- What came before somebody joined is theirs to see, or not.

-- The first sequence number this member may see; 1 for everything.
ALTER TABLE members ADD COLUMN first_seq INTEGER NOT NULL DEFAULT 1;
