-- What was done with the content of one group, the newest first.
CREATE INDEX audit_by_group ON audit (group_id, id);
