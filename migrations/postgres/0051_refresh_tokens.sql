-- Refresh tokens that an OAuth provider gave out in place of the one that an admin set.

CREATE TABLE refresh_tokens (
    -- SHA-256 of the token address, the client's id and the refresh token that was set: another one begins anew.
    client  BYTEA  NOT NULL PRIMARY KEY,
    -- The newest, sealed with the server's key.
    sealed  TEXT   NOT NULL,
    kept_at BIGINT NOT NULL
);
