-- Photos of people. What a source gives is known by the digest of its bytes; kept is a small square picture made of it, once
-- however many people and sources have it. Without a picture: the bytes are none that can be shown, and are not tried again.
CREATE TABLE photos (
    digest  BLOB PRIMARY KEY NOT NULL,
    picture BLOB,
    kept_at INTEGER NOT NULL
) STRICT;

-- What a source gives of somebody, and what all sources together come to.
ALTER TABLE directory_entries ADD COLUMN photo BLOB;
ALTER TABLE persons ADD COLUMN photo BLOB;
CREATE INDEX directory_entries_by_photo ON directory_entries (photo) WHERE photo IS NOT NULL;
CREATE INDEX persons_by_photo ON persons (photo) WHERE photo IS NOT NULL;
