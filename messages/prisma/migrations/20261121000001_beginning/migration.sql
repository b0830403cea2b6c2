-- A conversation is there once somebody wrote in it. What somebody decided about one before that is in `members` alone, so
-- that deciding something about everybody does not begin a conversation with each.
DELETE FROM conversations WHERE started_by IS NULL AND last_seq = 0 AND version = 0;

-- Conversations that new messages begin. Left out is what has to be refused: nobody is known there, they are gone, they
-- take messages only from people they answered, or the sender began too many today.
CREATE OR REPLACE FUNCTION begin_conversations(
  p_now timestamptz, p_limit integer, p_conversations uuid[], p_firsts uuid[], p_seconds uuid[], p_starters integer[]
) RETURNS void LANGUAGE sql AS $$
  -- Who sends has a session, so they exist, even if the news of their registration is still on its way.
  INSERT INTO people (user_id)
    SELECT DISTINCT CASE i.starter WHEN 1 THEN i.first_id ELSE i.second_id END AS id
    FROM unnest(p_firsts, p_seconds, p_starters) AS i (first_id, second_id, starter) WHERE i.starter > 0 ORDER BY id
    ON CONFLICT DO NOTHING;

  WITH wanted AS (
    SELECT i.*, row_number() OVER (PARTITION BY i.starter_id ORDER BY i.n) AS rank FROM (
      SELECT u.*, CASE u.starter WHEN 1 THEN u.first_id ELSE u.second_id END AS starter_id,
        CASE u.starter WHEN 1 THEN u.second_id ELSE u.first_id END AS peer_id
      FROM unnest(p_conversations, p_firsts, p_seconds, p_starters) WITH ORDINALITY AS u (id, first_id, second_id, starter, n)
      WHERE u.starter > 0
    ) i WHERE NOT EXISTS (SELECT FROM conversations c WHERE c.conversation_id = i.id)
  ), begun AS (
    INSERT INTO conversations (conversation_id, first_id, second_id, started_by, started_at)
    SELECT w.id, w.first_id, w.second_id, w.starter_id, p_now
    FROM wanted w
      JOIN people starter ON starter.user_id = w.starter_id AND starter.gone_at IS NULL
      JOIN people peer ON peer.user_id = w.peer_id AND peer.gone_at IS NULL AND NOT peer.only_answered
    WHERE w.rank <= p_limit - (
      SELECT count(*) FROM conversations c WHERE c.started_by = w.starter_id AND c.started_at > p_now - interval '24 hours')
    ORDER BY w.id
    -- Whoever closes the conversations of somebody who is gone waits for this one, or it is not begun.
    FOR KEY SHARE OF starter, peer
    ON CONFLICT DO NOTHING
    RETURNING conversation_id, first_id, second_id
  )
  INSERT INTO members (conversation_id, user_id, peer_id)
    SELECT conversation_id, first_id, second_id FROM begun UNION ALL SELECT conversation_id, second_id, first_id FROM begun
    ON CONFLICT DO NOTHING
$$;
