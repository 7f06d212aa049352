-- Invitations to people who were added to a group by mistake: who follows one is told so.

-- Who took the adding back; the link lets nobody in any more, and only says what happened.
ALTER TABLE links ADD COLUMN taken_back_by UUID REFERENCES persons (id);
-- Whether the membership ended because adding its person was taken back.
ALTER TABLE former_members ADD COLUMN taken_back BOOLEAN NOT NULL DEFAULT FALSE;
