-- Mails go out by turns of their receiving domains.

-- Of mails to be sent: where they go, in lower case; empty for other jobs.
ALTER TABLE jobs ADD COLUMN domain TEXT NOT NULL DEFAULT '';
CREATE INDEX jobs_by_domain ON jobs (lane, domain, run_at);
-- What of a group still waits.
CREATE INDEX deliveries_waiting ON deliveries (group_id, created_at) WHERE state = 'waiting';
