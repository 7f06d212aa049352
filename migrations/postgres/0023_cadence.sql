-- How often a group writes to a member, and work found by its lane.

-- At once, bundled, once a day, only what names them or asks them, nothing.
ALTER TABLE members ADD COLUMN cadence TEXT NOT NULL DEFAULT 'bundled'
    CHECK (cadence IN ('at_once', 'bundled', 'daily', 'mentions', 'none'));
-- That was the third kind of muting; it is written no more.
UPDATE members SET cadence = 'mentions', muting = 'muted' WHERE muting = 'silent';
CREATE INDEX members_at_once ON members (group_id) WHERE cadence = 'at_once';

-- What a group begins with that somebody comes into.
ALTER TABLE accounts ADD COLUMN cadence TEXT NOT NULL DEFAULT 'bundled'
    CHECK (cadence IN ('at_once', 'bundled', 'daily', 'mentions', 'none'));
-- Whether mails of groups wait until quiet hours are over, as notices do.
ALTER TABLE accounts ADD COLUMN quiet_mails BOOLEAN NOT NULL DEFAULT FALSE;

-- The links in mails that say how often: of a person in a group, whatever became of the membership since.
CREATE TABLE cadence_links (
    token_digest BYTEA NOT NULL PRIMARY KEY,
    group_id     UUID NOT NULL REFERENCES groups (id),
    person_id    UUID NOT NULL REFERENCES persons (id)
);

-- What waits for hours must not be looked through each time that something is due.
ALTER TABLE jobs ADD COLUMN lane TEXT NOT NULL DEFAULT '';
UPDATE jobs SET lane = CASE
    WHEN job_key LIKE 'sort-mail:%' THEN 'sort'
    WHEN job_key LIKE 'answer-ask:%' THEN 'asks'
    WHEN job_key LIKE 'send-mail:%' THEN 'send'
    WHEN job_key LIKE 'index-messages:%' THEN 'index'
    WHEN job_key LIKE 'send-push:%' THEN 'push'
    WHEN job_key LIKE 'export:%' THEN 'export'
    ELSE 'members' END;
DROP INDEX jobs_by_time;
CREATE INDEX jobs_by_lane ON jobs (lane, run_at);
