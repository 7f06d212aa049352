-- Whom members who may not add anybody wanted in a group by a mail's Cc: the owners were asked once.
CREATE TABLE proposals (
    group_id    UUID   NOT NULL REFERENCES groups (id),
    -- In lower case, as addresses are compared.
    address     TEXT   NOT NULL,
    proposed_by UUID   NOT NULL REFERENCES persons (id),
    proposed_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, address)
);
