-- Who asked whoever edits a draft to hand over; until somebody else edits.
ALTER TABLE drafts ADD COLUMN lease_wanted_by BLOB REFERENCES persons (id);
