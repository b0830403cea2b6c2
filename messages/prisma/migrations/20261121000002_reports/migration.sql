-- Whoever reports the same words again says nothing new; words that were changed meanwhile are another report.
ALTER TABLE reports ADD COLUMN settled_at timestamptz(3);
DELETE FROM reports r USING reports earlier
  WHERE r.conversation_id = earlier.conversation_id AND r.seq = earlier.seq AND r.reporter_id = earlier.reporter_id
    AND r.content IS NOT DISTINCT FROM earlier.content AND r.id > earlier.id;
CREATE UNIQUE INDEX reports_once ON reports (conversation_id, seq, reporter_id, md5(coalesce(content::text, '')));
DROP INDEX reports_message;
