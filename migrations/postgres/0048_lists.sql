-- Many people under one name: departments, and the distribution lists of directories.

-- Only departments that somebody is in are looked through while a name is typed.
CREATE INDEX persons_by_department ON persons (department) WHERE departed_at IS NULL AND department <> '';

-- By what lists name an entry: its place without capital letters (ASCII).
ALTER TABLE directory_entries ADD COLUMN locator_key TEXT NOT NULL DEFAULT '';
UPDATE directory_entries SET locator_key = translate(locator, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz');
CREATE INDEX directory_entries_by_key ON directory_entries (source, locator_key);

CREATE TABLE directory_lists (
    id          UUID    NOT NULL PRIMARY KEY,
    source      TEXT    NOT NULL,
    -- Names the list in this source for ever.
    uid         TEXT    NOT NULL,
    locator_key TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    -- Its name and addresses in lower case.
    search_text TEXT    NOT NULL,
    -- As JSON (src/domain/people_set.rs); the first ones of a long list.
    members     JSONB    NOT NULL,
    total       BIGINT NOT NULL,
    digest      BYTEA    NOT NULL,
    UNIQUE (source, uid)
);
CREATE INDEX directory_lists_by_key ON directory_lists (source, locator_key);

CREATE TABLE directory_list_addresses (
    address_key TEXT    NOT NULL,
    list_id     UUID    NOT NULL REFERENCES directory_lists (id) ON DELETE CASCADE,
    PRIMARY KEY (address_key, list_id)
);
CREATE INDEX directory_list_addresses_by_list ON directory_list_addresses (list_id);

-- Lists to which the mails of a draft went: they are nobody, their members can be added.
CREATE TABLE draft_lists (
    draft_id UUID    NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    list_id  UUID    NOT NULL REFERENCES directory_lists (id) ON DELETE CASCADE,
    PRIMARY KEY (draft_id, list_id)
);
CREATE INDEX draft_lists_by_list ON draft_lists (list_id);

-- All is read once more, now with the lists.
UPDATE directory_sources SET position = '';
