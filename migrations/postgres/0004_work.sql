-- Work to be done after a commit, and mails going out.

CREATE TABLE jobs (
    id           UUID    NOT NULL PRIMARY KEY,
    -- Two waiting jobs with one key are one job.
    job_key      TEXT    NOT NULL UNIQUE,
    -- What to do, as JSON.
    payload      JSONB    NOT NULL,
    run_at       BIGINT NOT NULL,
    tries        BIGINT NOT NULL DEFAULT 0,
    -- Claimed by a worker until then; after that its worker is taken for dead.
    locked_until BIGINT,
    -- Asked for again while a worker was at it: due once more then.
    again_at     BIGINT,
    last_error   TEXT    NOT NULL DEFAULT '',
    created_at   BIGINT NOT NULL
);
CREATE INDEX jobs_by_time ON jobs (run_at);

-- The ledger of mails out: one receiver each.
CREATE TABLE deliveries (
    id                  UUID    NOT NULL PRIMARY KEY,
    kind                TEXT    NOT NULL CHECK (kind IN ('sign_in', 'draft_ready', 'group_link', 'messages', 'answer')),
    person_id           UUID    REFERENCES persons (id),
    group_id            UUID    REFERENCES groups (id),
    -- The same thing is never sent twice: a mail that answers mail X has the purpose "answer:X".
    purpose             TEXT    NOT NULL UNIQUE,
    address             TEXT    NOT NULL,
    -- Of the part of the return path that tells which delivery a bounce is about.
    return_token_digest BYTEA    NOT NULL UNIQUE,
    message_id          TEXT    NOT NULL UNIQUE,
    -- The composed mail, until it is sent or given up.
    raw                 BYTEA,
    state               TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts            BIGINT NOT NULL DEFAULT 0,
    last_reply          TEXT    NOT NULL DEFAULT '',
    created_at          BIGINT NOT NULL,
    updated_at          BIGINT NOT NULL
);
CREATE INDEX deliveries_by_time ON deliveries (created_at, id);
CREATE INDEX deliveries_by_person ON deliveries (person_id, created_at);
