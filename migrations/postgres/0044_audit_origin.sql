-- The audit log says from where something was done, and nothing is changed or taken out of it by the way.

-- Such as "ip 203.0.113.9", "mail mx.corp.example", or "cli" for the command line; empty where the house acts by itself.
ALTER TABLE audit ADD COLUMN whence TEXT NOT NULL DEFAULT '';

-- Open within one transaction only: for lines from before a time that are kept no longer, or for the names of somebody who
-- is erased.
CREATE TABLE audit_gate (
    opened_for TEXT   NOT NULL PRIMARY KEY CHECK (opened_for IN ('retention', 'erasure')),
    before     BIGINT NOT NULL
);

CREATE FUNCTION audit_keeps_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT 1 FROM audit_gate WHERE opened_for = 'retention' AND OLD.at < before) THEN
            RETURN OLD;
        END IF;
    ELSIF TG_OP = 'UPDATE' THEN
        IF EXISTS (SELECT 1 FROM audit_gate WHERE opened_for = 'erasure')
            AND NEW.id = OLD.id AND NEW.at = OLD.at AND NEW.what = OLD.what
            AND NEW.person_id IS NOT DISTINCT FROM OLD.person_id AND NEW.group_id IS NOT DISTINCT FROM OLD.group_id THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit log keeps its lines';
END
$$;
CREATE TRIGGER audit_keeps_lines BEFORE DELETE OR UPDATE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_keeps_lines();
CREATE TRIGGER audit_keeps_all BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_keeps_lines();
