-- Messages that members move by hand into the group they belong to, and what is learnt from it.

-- Of a message that came by hand: who brought it, and what its way back needs, as JSON (src/store/moves.rs).
ALTER TABLE messages ADD COLUMN moved_by UUID REFERENCES persons (id);
ALTER TABLE messages ADD COLUMN mover_name TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN moved_kept JSONB;
-- Of the trace it leaves, which is a removed message: where it stands now.
ALTER TABLE messages ADD COLUMN moved_to_group UUID REFERENCES groups (id);
ALTER TABLE messages ADD COLUMN moved_to_seq BIGINT;

-- To which group a mail had come that was moved: who answers all of it writes to that group's address.
ALTER TABLE group_message_ids ADD COLUMN moved_from UUID REFERENCES groups (id);
