-- People are found while somebody types: along this index, and never through the table, since all that is asked for is in it.

CREATE INDEX persons_by_text ON persons (search_text, id, departed_at) WHERE departed_at IS NULL;
