-- The audit log says from where something was done, and nothing is changed or taken out of it by the way.

-- Such as "ip 203.0.113.9", "mail mx.corp.example", or "cli" for the command line; empty where the house acts by itself.
ALTER TABLE audit ADD COLUMN whence TEXT NOT NULL DEFAULT '';

-- Open within one transaction only: for lines from before a time that are kept no longer, or for the names of somebody who
-- is erased.
CREATE TABLE audit_gate (
    opened_for TEXT    NOT NULL PRIMARY KEY CHECK (opened_for IN ('retention', 'erasure')),
    before     INTEGER NOT NULL
) STRICT;

CREATE TRIGGER audit_keeps_lines BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit_gate WHERE opened_for = 'retention' AND OLD.at < before)
BEGIN
    SELECT RAISE(ABORT, 'The audit log keeps its lines');
END;

CREATE TRIGGER audit_keeps_words BEFORE UPDATE ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit_gate WHERE opened_for = 'erasure')
    OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.what <> OLD.what
    OR NEW.person_id IS NOT OLD.person_id OR NEW.group_id IS NOT OLD.group_id
BEGIN
    SELECT RAISE(ABORT, 'The audit log keeps its lines');
END;
