-- All that marks are chosen and counted by stands in one index, in the order in which they are listed: what they said is long,
-- and read only of those that are shown.
DROP INDEX marks_by_time;
CREATE INDEX marks_by_time ON marks
    (group_id, marked_at, id, seq, tag_id, content, topic_folded, topic, marked_by, assignee_id, due_on, done_at);
