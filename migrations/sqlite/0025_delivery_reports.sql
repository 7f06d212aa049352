-- Whether the mail system is asked to say that a mail has arrived (RFC 3461 4.1), not only that it failed.
ALTER TABLE deliveries ADD COLUMN wants_report INTEGER NOT NULL DEFAULT 0;
