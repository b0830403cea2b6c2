-- Each of the two counts only the changes that they are told of. What is one person's alone (a message hidden from
-- oneself, a mark that is shown to nobody) moves the other's version no further, so nothing of it can be read from a number.
-- `version` counts everything, for search and for who looks after the tables.

-- first_behind, second_behind: so many of all changes were the other's alone. They only grow.

ALTER TABLE messages ADD COLUMN first_version integer, ADD COLUMN second_version integer;
UPDATE messages m SET
  first_version = coalesce((m.views -> c.first_id::text ->> 'version')::integer, m.version),
  second_version = coalesce((m.views -> c.second_id::text ->> 'version')::integer, m.version)
  FROM conversations c WHERE c.conversation_id = m.conversation_id;
ALTER TABLE messages ALTER COLUMN first_version SET NOT NULL, ALTER COLUMN second_version SET NOT NULL;
CREATE INDEX messages_changed_first ON messages (conversation_id, first_version) WHERE changed;
CREATE INDEX messages_changed_second ON messages (conversation_id, second_version) WHERE changed;

-- Of what a command was: under its id another one is refused. Deletions are kept too, and take the hashes of texts with them.
ALTER TABLE applied ADD COLUMN seq integer, ADD COLUMN hash bigint;

DROP FUNCTION patched(jsonb, jsonb, timestamptz, integer);

-- One state of a message after one command: what both people see, or what one of them sees instead.
CREATE FUNCTION patched(p_state jsonb, p_command jsonb, p_now timestamptz) RETURNS jsonb LANGUAGE sql AS $$
  SELECT p_state || CASE p_command ->> 'kind'
    WHEN 'edit' THEN jsonb_build_object('content', p_command -> 'content', 'editedAt', p_now)
    ELSE jsonb_build_object('reactions', (
      SELECT coalesce(jsonb_agg(r), '[]') FROM (
        SELECT r FROM jsonb_array_elements(p_state -> 'reactions') r WHERE r <> p_command -> 'reaction'
        UNION ALL
        SELECT p_command -> 'reaction' WHERE (p_command -> 'set')::boolean
      ) kept (r)))
  END
$$;

-- The commands that are not as frequent as messages and marks: edit, delete, hide, react, close. Per command its refusal,
-- or one change, or two where the people of the conversation see different things of the message (`viewer` says whose).
-- The conversations are locked by the caller.
CREATE OR REPLACE FUNCTION apply_command(p_now timestamptz, p_conversation uuid, p_command jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  kind text := p_command ->> 'kind';
  actor uuid := (p_command ->> 'actorId')::uuid;
  command_id uuid := (p_command ->> 'clientId')::uuid;
  place integer := (p_command ->> 'seq')::integer;
  given bigint := (p_command ->> 'hash')::bigint;
  c conversations; m messages; peer uuid; own jsonb; state jsonb; was integer; now_at integer; nothing jsonb;
  by_first boolean; is_hidden boolean; conceal boolean; concealed boolean; parted boolean; reused boolean;
BEGIN
  SELECT * INTO c FROM conversations WHERE conversation_id = p_conversation;
  by_first := c.first_id = actor;
  peer := CASE WHEN by_first THEN c.second_id ELSE c.first_id END;
  was := c.version;
  nothing := jsonb_build_array(jsonb_build_object('from', was, 'version', was, 'only', actor));
  IF kind = 'close' THEN
    IF c.closed THEN RETURN nothing; END IF;
    UPDATE conversations SET closed = true, version = version + 1 WHERE conversation_id = p_conversation;
    RETURN jsonb_build_array(jsonb_build_object('from', was, 'version', was + 1, 'closed', true));
  END IF;

  SELECT hash <> given INTO reused FROM applied WHERE conversation_id = p_conversation AND sender_id = actor AND client_id = command_id;
  IF FOUND AND reused IS NOT TRUE THEN RETURN nothing; END IF;
  IF reused OR EXISTS (SELECT FROM messages WHERE conversation_id = p_conversation AND sender_id = actor AND client_id = command_id) THEN
    RETURN jsonb_build_array(jsonb_build_object('code', 'client-id-reused'));
  END IF;

  SELECT * INTO m FROM messages WHERE conversation_id = p_conversation AND seq = place;
  is_hidden := EXISTS (SELECT FROM hidden WHERE conversation_id = p_conversation AND user_id = actor AND seq = place);
  IF m.seq IS NULL OR (m.withheld AND m.sender_id <> actor) OR (is_hidden AND kind <> 'hide') THEN
    RETURN jsonb_build_array(jsonb_build_object('code', 'message-not-found'));
  END IF;
  -- The author's own words and what was done to them stay between the author and who may see it.
  concealed := m.withheld OR EXISTS (SELECT FROM hidden WHERE conversation_id = p_conversation AND user_id = peer AND seq = place);

  IF kind = 'hide' THEN
    INSERT INTO applied (conversation_id, sender_id, client_id, seq, hash) VALUES (p_conversation, actor, command_id, place, given);
    IF is_hidden THEN RETURN nothing; END IF;
    INSERT INTO hidden (conversation_id, user_id, seq, version) VALUES (p_conversation, actor, place,
      was + 1 - CASE WHEN by_first THEN c.first_behind ELSE c.second_behind END);
    UPDATE conversations SET version = version + 1,
      first_behind = CASE WHEN by_first THEN first_behind ELSE first_behind + 1 END,
      second_behind = CASE WHEN by_first THEN second_behind + 1 ELSE second_behind END,
      first_uncounted = CASE WHEN by_first AND m.sender_id = peer THEN greatest(first_uncounted, place) ELSE first_uncounted END,
      second_uncounted = CASE WHEN NOT by_first AND m.sender_id = peer THEN greatest(second_uncounted, place) ELSE second_uncounted END
      WHERE conversation_id = p_conversation;
    RETURN jsonb_build_array(jsonb_build_object('from', was, 'version', was + 1, 'hidden', place, 'only', actor));
  END IF;

  IF kind = 'delete' THEN
    IF m.sender_id <> actor THEN RETURN jsonb_build_array(jsonb_build_object('code', 'not-yours')); END IF;
    INSERT INTO applied (conversation_id, sender_id, client_id, seq, hash) VALUES (p_conversation, actor, command_id, place, given);
    IF m.deleted_at IS NOT NULL THEN RETURN nothing; END IF;
    DELETE FROM search WHERE conversation_id = p_conversation AND seq = place;
    UPDATE applied SET hash = NULL WHERE conversation_id = p_conversation AND sender_id = actor AND seq = place AND client_id <> command_id;
    UPDATE messages SET version = was + 1, first_version = was + 1 - c.first_behind, second_version = was + 1 - c.second_behind,
      changed = true, deleted_at = p_now, edited_at = NULL, hash = NULL, content = NULL, reactions = NULL, views = NULL
      WHERE conversation_id = p_conversation AND seq = place RETURNING * INTO m;
    UPDATE conversations SET version = version + 1,
      first_uncounted = CASE WHEN first_id = peer AND NOT m.withheld THEN greatest(first_uncounted, place) ELSE first_uncounted END,
      second_uncounted = CASE WHEN second_id = peer AND NOT m.withheld THEN greatest(second_uncounted, place) ELSE second_uncounted END
      WHERE conversation_id = p_conversation;
    RETURN jsonb_build_array(jsonb_build_object('from', was, 'version', was + 1, 'viewer', actor, 'message', to_jsonb(m))
      || CASE WHEN concealed THEN jsonb_build_object('concealed', peer) ELSE '{}' END);
  END IF;

  IF kind = 'edit' AND m.sender_id <> actor THEN RETURN jsonb_build_array(jsonb_build_object('code', 'not-yours')); END IF;
  IF m.deleted_at IS NOT NULL THEN RETURN jsonb_build_array(jsonb_build_object('code', 'message-deleted')); END IF;
  IF c.closed OR EXISTS (SELECT FROM people WHERE user_id IN (actor, peer) AND gone_at IS NOT NULL) THEN
    RETURN jsonb_build_array(jsonb_build_object('code', 'person-gone'));
  END IF;
  state := jsonb_build_object('content', m.content, 'editedAt', m.edited_at, 'reactions', coalesce(m.reactions, '[]'));
  own := coalesce(m.views -> actor::text, state);
  IF kind = 'edit' AND (p_command ->> 'saw')::integer < m.edited_version THEN
    RETURN jsonb_build_array(jsonb_build_object('code', 'edited-elsewhere'));
  END IF;
  IF kind = 'react' AND (p_command -> 'set')::boolean AND NOT own -> 'reactions' @> jsonb_build_array(p_command -> 'reaction')
    AND (SELECT count(*) FROM jsonb_array_elements(own -> 'reactions') r WHERE r ->> 'userId' = actor::text) >= (p_command ->> 'most')::integer THEN
    RETURN jsonb_build_array(jsonb_build_object('code', 'too-many-reactions'));
  END IF;
  INSERT INTO applied (conversation_id, sender_id, client_id, seq, hash) VALUES (p_conversation, actor, command_id, place, given);
  IF (CASE kind WHEN 'edit' THEN own -> 'content' = p_command -> 'content'
    ELSE own -> 'reactions' @> jsonb_build_array(p_command -> 'reaction') = (p_command -> 'set')::boolean END) THEN
    RETURN nothing;
  END IF;

  -- Who blocked the actor keeps seeing the message as it was.
  conceal := NOT concealed AND EXISTS (SELECT FROM members WHERE conversation_id = p_conversation AND user_id = peer AND blocked);
  IF conceal AND m.views -> peer::text IS NULL THEN m.views := coalesce(m.views, '{}') || jsonb_build_object(peer, state); END IF;
  parted := NOT concealed AND NOT conceal AND m.views IS NOT NULL;
  now_at := was + CASE WHEN parted THEN 2 ELSE 1 END;
  state := patched(state, p_command, p_now);
  IF m.views -> actor::text IS NOT NULL THEN
    m.views := m.views || jsonb_build_object(actor, patched(m.views -> actor::text, p_command, p_now));
  END IF;
  IF NOT concealed AND NOT conceal AND m.views -> peer::text IS NOT NULL THEN
    m.views := m.views || jsonb_build_object(peer, patched(m.views -> peer::text, p_command, p_now));
  END IF;
  -- To the actor it changed now; to the peer, if at all, with the first of what may be two changes.
  UPDATE messages SET version = now_at, changed = true, content = state -> 'content', edited_at = (state ->> 'editedAt')::timestamptz,
    first_version = CASE WHEN by_first THEN now_at - c.first_behind WHEN concealed OR conceal THEN first_version ELSE was + 1 - c.first_behind END,
    second_version = CASE WHEN NOT by_first THEN now_at - c.second_behind WHEN concealed OR conceal THEN second_version ELSE was + 1 - c.second_behind END,
    -- In the count of its author, who alone edits it.
    edited_version = CASE kind WHEN 'edit' THEN now_at - CASE WHEN by_first THEN c.first_behind ELSE c.second_behind END ELSE edited_version END,
    reactions = nullif(state -> 'reactions', '[]'), views = m.views
    WHERE conversation_id = p_conversation AND seq = place RETURNING * INTO m;
  UPDATE conversations SET version = now_at WHERE conversation_id = p_conversation;
  IF parted THEN
    RETURN jsonb_build_array(
      jsonb_build_object('from', was, 'version', was + 1, 'viewer', peer, 'message', to_jsonb(m), 'concealed', actor),
      jsonb_build_object('from', was + 1, 'version', now_at, 'viewer', actor, 'message', to_jsonb(m), 'concealed', peer));
  END IF;
  RETURN jsonb_build_array(jsonb_build_object('from', was, 'version', now_at, 'viewer', actor, 'message', to_jsonb(m))
    || CASE WHEN concealed OR conceal THEN jsonb_build_object('concealed', peer) ELSE '{}' END);
END $$;

-- A line of a person's list. Of whom they blocked nothing is unread.
CREATE FUNCTION list_line(p_conversation uuid, p_user uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('last', v.last_seq, 'preview', preview(p_conversation, p_user),
    'unread', CASE WHEN v.blocked THEN 0 ELSE v.sent_since - uncounted(p_conversation, p_user, v.read) END)
  FROM conversations_of v WHERE v.conversation_id = p_conversation AND v.user_id = p_user
$$;

-- One after the other, with how the lists of both people stand after each that changed something.
CREATE OR REPLACE FUNCTION apply_commands(p_now timestamptz, p_conversations uuid[], p_commands jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  command jsonb; result jsonb; results jsonb := '[]'; c conversations;
BEGIN
  FOR command IN SELECT * FROM jsonb_array_elements(p_commands) LOOP
    SELECT * INTO c FROM conversations WHERE conversation_id = p_conversations[(command ->> 'place')::integer];
    IF c.conversation_id IS NULL THEN
      results := results || jsonb_build_array(jsonb_build_object('changes', jsonb_build_array(jsonb_build_object('code', 'message-not-found'))));
      CONTINUE;
    END IF;
    result := jsonb_build_object('changes', apply_command(p_now, c.conversation_id, command), 'behind', jsonb_build_array(c.first_behind, c.second_behind));
    IF result -> 'changes' -> -1 ->> 'version' <> result -> 'changes' -> 0 ->> 'from' THEN
      result := result || jsonb_build_object('lists', jsonb_build_array(
        list_line(c.conversation_id, c.first_id), list_line(c.conversation_id, c.second_id)));
    END IF;
    results := results || jsonb_build_array(result);
  END LOOP;
  RETURN results;
END $$;

-- A batch of a shard in one round trip. Its conversations are locked in the order of their ids, and only the statements
-- after that look at what is stored: each has a snapshot of its own, so it sees what a writer before this one left, and
-- two writers that overlap still number 1, 2, 3, …
--
-- New messages are applied first, then marks, then the other commands in the order given. Those name places that exist
-- already, so this is the order of arrival with neighbours exchanged that don't touch each other.
--
-- Conversations with new messages come first, and messages in the order of their conversations. Per conversation:
-- `starters`: who wrote its first new message, 1 or 2, 0 nobody; `ends`: its last new message; `marks`: four, as in the
-- table, 0 where none came. Joins are by index and nothing is hashed, because the planner can't know how long arrays are.
CREATE OR REPLACE FUNCTION store(
  p_now timestamptz, p_limit integer,
  p_conversations uuid[], p_firsts uuid[], p_seconds uuid[], p_starters integer[], p_ends integer[],
  p_first_delivered integer[], p_first_read integer[], p_second_delivered integer[], p_second_read integer[],
  p_places integer[], p_by_first boolean[], p_clients uuid[], p_ids uuid[], p_hashes bigint[], p_replies integer[], p_contents jsonb,
  p_commands jsonb,
  -- Per message its seq, that of a repeat negated, 0 where it was refused; and why, if any was.
  OUT seqs integer[], OUT refused text[],
  -- The rows of the repeats by the number of the message, if there were any.
  OUT repeats jsonb,
  -- Per conversation: version before, version after, then of first and second: last place, unread, how their marks moved
  -- (0 not, 1 shown to the peer, 2 for themselves alone, 3 the one and then the other), the two marks, the two shown
  -- ones, whether they muted, whether they blocked the peer, and how many changes before these were the peer's alone.
  OUT standing integer[],
  -- What became of the other commands, and whose settings a message or a mark changed.
  OUT changes jsonb, OUT settings jsonb
) LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan SET jit = off SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  locked integer;
  versions integer[]; first_behinds integer[]; second_behinds integer[]; lasts integer[]; first_totals integer[]; second_totals integer[];
  first_refused text[]; second_refused text[]; first_blocks boolean[]; second_blocks boolean[]; receipts boolean[];
  first_muted boolean[]; second_muted boolean[]; touched boolean := false;
  steps integer[]; first_steps integer[]; second_steps integer[]; first_end_at integer[]; second_end_at integer[];
  any_refused boolean; any_repeat boolean;
BEGIN
  PERFORM FROM conversations WHERE conversation_id = ANY (p_conversations) ORDER BY conversation_id FOR NO KEY UPDATE;
  GET DIAGNOSTICS locked = ROW_COUNT;
  IF locked < cardinality(p_conversations) THEN
    PERFORM begin_conversations(p_now, p_limit, p_conversations, p_firsts, p_seconds, p_starters);
    PERFORM FROM conversations WHERE conversation_id = ANY (p_conversations) ORDER BY conversation_id FOR NO KEY UPDATE;
  END IF;

  SELECT
    array_agg(coalesce(c.version, 0)), array_agg(coalesce(c.first_behind, 0)), array_agg(coalesce(c.second_behind, 0)),
    array_agg(coalesce(c.last_seq, 0)),
    array_agg(coalesce(c.first_total, 0)), array_agg(coalesce(c.second_total, 0)),
    array_agg(CASE
      WHEN a.gone_at IS NOT NULL OR b.gone_at IS NOT NULL THEN 'person-gone'
      WHEN b.user_id IS NULL THEN 'person-not-found'
      WHEN b.only_answered AND coalesce(c.second_total, 0) = 0 THEN 'only-answered'
      WHEN c.conversation_id IS NULL THEN 'too-many-conversations' END),
    array_agg(CASE
      WHEN a.gone_at IS NOT NULL OR b.gone_at IS NOT NULL THEN 'person-gone'
      WHEN a.user_id IS NULL THEN 'person-not-found'
      WHEN a.only_answered AND coalesce(c.first_total, 0) = 0 THEN 'only-answered'
      WHEN c.conversation_id IS NULL THEN 'too-many-conversations' END),
    array_agg(coalesce(x.blocked, false)), array_agg(coalesce(y.blocked, false)),
    array_agg(coalesce(a.read_receipts AND b.read_receipts, true)),
    array_agg(coalesce(x.muted_until > p_now, false)), array_agg(coalesce(y.muted_until > p_now, false)),
    coalesce(bool_or(x.archived OR x.marked_unread OR y.archived OR y.marked_unread), false)
  INTO versions, first_behinds, second_behinds, lasts, first_totals, second_totals, first_refused, second_refused, first_blocks, second_blocks, receipts,
    first_muted, second_muted, touched
  FROM (SELECT * FROM unnest(p_conversations, p_firsts, p_seconds) WITH ORDINALITY AS u (id, first_id, second_id, n) ORDER BY n) i
    LEFT JOIN conversations c ON c.conversation_id = i.id
    LEFT JOIN members x ON x.conversation_id = i.id AND x.user_id = i.first_id
    LEFT JOIN members y ON y.conversation_id = i.id AND y.user_id = i.second_id
    LEFT JOIN people a ON a.user_id = i.first_id
    LEFT JOIN people b ON b.user_id = i.second_id;

  IF p_places IS NOT NULL THEN
    WITH given AS (
      SELECT s.*, m.seq AS known,
        CASE
          WHEN m.seq IS NOT NULL THEN CASE WHEN m.hash <> s.hash THEN 'client-id-reused' END
          WHEN s.by_first THEN first_refused[s.place]
          ELSE second_refused[s.place]
        END AS why,
        CASE WHEN s.by_first THEN second_blocks[s.place] ELSE first_blocks[s.place] END AS withheld
      FROM ROWS FROM (unnest(p_places, p_by_first, p_clients, p_ids, p_hashes, p_replies), jsonb_array_elements(p_contents))
          WITH ORDINALITY AS s (place, by_first, client_id, id, hash, reply_to, content, n)
        LEFT JOIN messages m ON m.conversation_id = p_conversations[s.place] AND m.client_id = s.client_id
          AND m.sender_id = CASE WHEN s.by_first THEN p_firsts[s.place] ELSE p_seconds[s.place] END
    ), numbered AS (
      SELECT *,
        (count(*) FILTER (WHERE fresh) OVER so_far)::integer AS step,
        (count(*) FILTER (WHERE fresh AND by_first AND NOT withheld) OVER so_far)::integer AS first_step,
        (count(*) FILTER (WHERE fresh AND NOT by_first AND NOT withheld) OVER so_far)::integer AS second_step,
        (max(n) FILTER (WHERE fresh AND (by_first OR NOT withheld)) OVER so_far)::integer AS first_sees,
        (max(n) FILTER (WHERE fresh AND NOT (by_first AND withheld)) OVER so_far)::integer AS second_sees
      FROM (SELECT *, known IS NULL AND why IS NULL AS fresh FROM given) g
      WINDOW so_far AS (PARTITION BY place ORDER BY n ROWS UNBOUNDED PRECEDING)
    ), stored AS (
      INSERT INTO messages (conversation_id, seq, version, first_version, second_version, first_total, second_total, reply_to, withheld, sent_at, hash, id, sender_id, client_id, content)
      SELECT p_conversations[place], lasts[place] + step, versions[place] + step,
        versions[place] + step - first_behinds[place], versions[place] + step - second_behinds[place],
        first_totals[place] + first_step, second_totals[place] + second_step,
        CASE WHEN reply_to < lasts[place] + step THEN reply_to END, withheld, p_now, hash, id,
        CASE WHEN by_first THEN p_firsts[place] ELSE p_seconds[place] END, client_id, content
      FROM numbered WHERE fresh
    )
    SELECT
      array_agg(CASE WHEN fresh THEN lasts[place] + step WHEN why IS NULL THEN - known ELSE 0 END),
      array_agg(why), bool_or(why IS NOT NULL), bool_or(known IS NOT NULL AND why IS NULL),
      array_agg(step), array_agg(first_step), array_agg(second_step),
      array_agg(first_sees), array_agg(second_sees)
    INTO seqs, refused, any_refused, any_repeat, steps, first_steps, second_steps, first_end_at, second_end_at
    FROM (SELECT * FROM numbered ORDER BY n) s;
    IF NOT any_refused THEN refused := NULL; END IF;
    IF any_repeat THEN
      SELECT jsonb_object_agg(s.n, to_jsonb(m) || jsonb_build_object('hidden_for', ARRAY(
        SELECT h.user_id FROM hidden h WHERE h.conversation_id = m.conversation_id AND h.seq = m.seq))) INTO repeats
      FROM unnest(seqs, p_places) WITH ORDINALITY AS s (seq, place, n)
        JOIN messages m ON m.conversation_id = p_conversations[s.place] AND m.seq = - s.seq
      WHERE s.seq < 0;
    END IF;
  END IF;

  WITH grown AS MATERIALIZED (
    SELECT i.n, i.fd, i.fr, i.sd, i.sr, c.*,
      coalesce(steps[i.ending], 0) AS stored,
      c.first_total + coalesce(first_steps[i.ending], 0) AS first_sent, c.second_total + coalesce(second_steps[i.ending], 0) AS second_sent,
      coalesce(seqs[first_end_at[i.ending]], c.first_last) AS first_end, coalesce(seqs[second_end_at[i.ending]], c.second_last) AS second_end
    FROM unnest(p_conversations, p_ends, p_first_delivered, p_first_read, p_second_delivered, p_second_read)
        WITH ORDINALITY AS i (id, ending, fd, fr, sd, sr, n)
      JOIN conversations c ON c.conversation_id = i.id
  ), marked AS MATERIALIZED (
    SELECT g.*,
      -- The marks of who blocked the other stand still: nothing may tell the blocked that somebody is there.
      CASE WHEN first_blocks[n] THEN first_read ELSE greatest(first_read, least(fr, first_end)) END AS fr1,
      CASE WHEN first_blocks[n] THEN first_delivered ELSE greatest(first_delivered, least(greatest(fd, fr), first_end)) END AS fd1,
      CASE WHEN second_blocks[n] THEN second_read ELSE greatest(second_read, least(sr, second_end)) END AS sr1,
      CASE WHEN second_blocks[n] THEN second_delivered ELSE greatest(second_delivered, least(greatest(sd, sr), second_end)) END AS sd1
    FROM grown g
  ), shown AS MATERIALIZED (
    SELECT m.*,
      CASE WHEN fd1 > first_delivered THEN fd1 ELSE first_shown_delivered END AS fsd1,
      CASE WHEN fr1 > first_read AND receipts[n] THEN fr1 ELSE first_shown_read END AS fsr1,
      CASE WHEN sd1 > second_delivered THEN sd1 ELSE second_shown_delivered END AS ssd1,
      CASE WHEN sr1 > second_read AND receipts[n] THEN sr1 ELSE second_shown_read END AS ssr1
    FROM marked m
  ), moved AS MATERIALIZED (
    SELECT s.*,
      CASE WHEN fsd1 > first_shown_delivered OR fsr1 > first_shown_read THEN 1 ELSE 0 END
        + CASE WHEN (fd1 > first_delivered AND fsd1 < fd1) OR (fr1 > first_read AND fsr1 < fr1) THEN 2 ELSE 0 END AS first_moved,
      CASE WHEN ssd1 > second_shown_delivered OR ssr1 > second_shown_read THEN 1 ELSE 0 END
        + CASE WHEN (sd1 > second_delivered AND ssd1 < sd1) OR (sr1 > second_read AND ssr1 < sr1) THEN 2 ELSE 0 END AS second_moved,
      CASE WHEN fr1 > first_read THEN (SELECT m.second_total FROM messages m WHERE m.conversation_id = s.conversation_id AND m.seq = fr1)
        ELSE first_read_total END AS first_counted,
      CASE WHEN sr1 > second_read THEN (SELECT m.first_total FROM messages m WHERE m.conversation_id = s.conversation_id AND m.seq = sr1)
        ELSE second_read_total END AS second_counted
    FROM shown s
  ), stands AS MATERIALIZED (
    SELECT m.*, version + stored + (first_moved + 1) / 2 + (second_moved + 1) / 2 AS version1,
      second_sent - first_counted - CASE WHEN first_uncounted > fr1 THEN uncounted(conversation_id, first_id, fr1) ELSE 0 END AS first_unread,
      first_sent - second_counted - CASE WHEN second_uncounted > sr1 THEN uncounted(conversation_id, second_id, sr1) ELSE 0 END AS second_unread
    FROM moved m
  ), kept AS (
    UPDATE conversations c SET
      version = s.version1, last_seq = s.last_seq + s.stored,
      first_total = s.first_sent, second_total = s.second_sent, first_last = s.first_end, second_last = s.second_end,
      first_active_at = CASE WHEN s.first_end > s.first_last THEN greatest(p_now, s.first_active_at) ELSE s.first_active_at END,
      second_active_at = CASE WHEN s.second_end > s.second_last THEN greatest(p_now, s.second_active_at) ELSE s.second_active_at END,
      first_delivered = s.fd1, first_read = s.fr1, first_shown_delivered = s.fsd1, first_shown_read = s.fsr1, first_read_total = s.first_counted,
      -- Marks that are shown to nobody are no change for the other.
      first_behind = s.first_behind + CASE WHEN s.second_moved >= 2 THEN 1 ELSE 0 END,
      second_behind = s.second_behind + CASE WHEN s.first_moved >= 2 THEN 1 ELSE 0 END,
      second_delivered = s.sd1, second_read = s.sr1, second_shown_delivered = s.ssd1, second_shown_read = s.ssr1, second_read_total = s.second_counted
    FROM stands s WHERE c.conversation_id = s.conversation_id AND s.version1 > s.version
  )
  SELECT array_agg(ARRAY[n::integer, version, version1,
    first_end, first_unread, first_moved, fd1, fr1, fsd1, fsr1, first_muted[n]::integer, first_blocks[n]::integer, first_behind,
    second_end, second_unread, second_moved, sd1, sr1, ssd1, ssr1, second_muted[n]::integer, second_blocks[n]::integer, second_behind])
  INTO standing FROM (SELECT * FROM stands ORDER BY n) s;

  IF touched THEN
    WITH woken AS (
      UPDATE members m SET
        archived = m.archived AND (NOT u.came OR coalesce(m.muted_until > p_now, false)),
        marked_unread = m.marked_unread AND NOT u.finished,
        settings_version = m.settings_version + 1
      FROM (
        SELECT p_conversations[n] AS id, p_firsts[n] AS user_id, first_end_at[p_ends[n]] IS NOT NULL AS came,
          p_first_read[n] >= greatest(standing[n][4], 1) AS finished
          FROM generate_subscripts(p_conversations, 1) AS n
        UNION ALL
        SELECT p_conversations[n], p_seconds[n], second_end_at[p_ends[n]] IS NOT NULL, p_second_read[n] >= greatest(standing[n][13], 1)
          FROM generate_subscripts(p_conversations, 1) AS n
      ) u
      WHERE m.conversation_id = u.id AND m.user_id = u.user_id
        AND ((m.archived AND u.came AND NOT coalesce(m.muted_until > p_now, false)) OR (m.marked_unread AND u.finished))
      RETURNING m.*
    )
    SELECT jsonb_agg(to_jsonb(woken)) INTO settings FROM woken;
  END IF;

  IF p_commands IS NOT NULL THEN
    SELECT apply_commands(p_now, p_conversations, p_commands) INTO changes;
  END IF;
END $$;
