-- Everything that is numbered is keyed by its conversation first, so that each table here can be split by
-- HASH (conversation_id) without a change of any query.

-- Versions count within an epoch. After a restore from backup: UPDATE installation SET epoch = gen_random_uuid();
CREATE TABLE installation (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  epoch text NOT NULL
);
INSERT INTO installation (epoch) VALUES (gen_random_uuid()::text);

CREATE TABLE people (
  user_id uuid PRIMARY KEY,
  gone_at timestamptz(3),
  only_answered boolean NOT NULL DEFAULT false,
  read_receipts boolean NOT NULL DEFAULT true
);

-- One row moves with everything that is said, so both people's marks and counts are in it: one lock and one update, which
-- touches no index (HOT), however many commands of a conversation a batch holds. `first` and `second` are its people in
-- the order of their ids.
CREATE TABLE conversations (
  conversation_id uuid PRIMARY KEY,
  first_id uuid NOT NULL,
  second_id uuid NOT NULL,
  started_by uuid,
  started_at timestamptz(3),
  closed boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 0,
  last_seq integer NOT NULL DEFAULT 0,
  -- How many messages of this person the other may see.
  first_total integer NOT NULL DEFAULT 0,
  second_total integer NOT NULL DEFAULT 0,
  -- The last message that this person may see.
  first_last integer NOT NULL DEFAULT 0,
  second_last integer NOT NULL DEFAULT 0,
  first_active_at timestamptz(3),
  second_active_at timestamptz(3),
  -- How far this person is, and how far the other is told that they are.
  first_delivered integer NOT NULL DEFAULT 0,
  first_read integer NOT NULL DEFAULT 0,
  first_shown_delivered integer NOT NULL DEFAULT 0,
  first_shown_read integer NOT NULL DEFAULT 0,
  second_delivered integer NOT NULL DEFAULT 0,
  second_read integer NOT NULL DEFAULT 0,
  second_shown_delivered integer NOT NULL DEFAULT 0,
  second_shown_read integer NOT NULL DEFAULT 0,
  -- The other's total at this person's read mark: unread is the difference, less what was deleted or hidden since.
  first_read_total integer NOT NULL DEFAULT 0,
  second_read_total integer NOT NULL DEFAULT 0,
  -- The last message of the other that was deleted, or hidden by this person: up to here the difference may be too much.
  first_uncounted integer NOT NULL DEFAULT 0,
  second_uncounted integer NOT NULL DEFAULT 0,
  -- So many of the last versions were the other's alone: this person hears of them with the next change that is told to them.
  first_behind integer NOT NULL DEFAULT 0,
  second_behind integer NOT NULL DEFAULT 0,
  CHECK (first_id < second_id)
) WITH (fillfactor = 60);
CREATE INDEX conversations_started ON conversations (started_by, started_at);

-- What one person decided about one conversation.
CREATE TABLE members (
  conversation_id uuid NOT NULL,
  user_id uuid NOT NULL,
  peer_id uuid NOT NULL,
  pinned boolean NOT NULL DEFAULT false,
  archived boolean NOT NULL DEFAULT false,
  muted_until timestamptz(3),
  marked_unread boolean NOT NULL DEFAULT false,
  blocked boolean NOT NULL DEFAULT false,
  settings_version integer NOT NULL DEFAULT 0,
  PRIMARY KEY (conversation_id, user_id)
) WITH (fillfactor = 90);
CREATE INDEX members_user ON members (user_id, conversation_id);

CREATE TABLE messages (
  conversation_id uuid NOT NULL,
  seq integer NOT NULL,
  -- The conversation's change that touched this message last; `changed` once that is another than its storing.
  version integer NOT NULL,
  -- Both totals of the conversation as of this message.
  first_total integer NOT NULL,
  second_total integer NOT NULL,
  reply_to integer,
  edited_version integer,
  changed boolean NOT NULL DEFAULT false,
  -- Its receiver had blocked its sender and never sees it.
  withheld boolean NOT NULL DEFAULT false,
  sent_at timestamptz(3) NOT NULL,
  edited_at timestamptz(3),
  deleted_at timestamptz(3),
  -- Of what was first sent under `client_id`; erased with the text.
  hash bigint,
  id uuid NOT NULL,
  sender_id uuid NOT NULL,
  client_id uuid NOT NULL,
  content jsonb,
  reactions jsonb,
  -- By person: what they see instead, because they had blocked the other when that one changed something.
  views jsonb,
  PRIMARY KEY (conversation_id, seq)
);
CREATE UNIQUE INDEX messages_client ON messages (conversation_id, sender_id, client_id);
CREATE INDEX messages_changed ON messages (conversation_id, version) WHERE changed;
CREATE INDEX messages_deleted ON messages (conversation_id, seq) WHERE deleted_at IS NOT NULL;

-- Messages that one person deleted for themselves.
CREATE TABLE hidden (
  conversation_id uuid NOT NULL,
  user_id uuid NOT NULL,
  seq integer NOT NULL,
  version integer NOT NULL,
  PRIMARY KEY (conversation_id, user_id, seq)
);
CREATE INDEX hidden_version ON hidden (conversation_id, user_id, version);

-- Edits and reactions that were applied: the state does not tell whether one that comes again was.
CREATE TABLE applied (
  conversation_id uuid NOT NULL,
  sender_id uuid NOT NULL,
  client_id uuid NOT NULL,
  PRIMARY KEY (conversation_id, sender_id, client_id)
);

-- For the operator, with the content as it was when it was reported.
CREATE TABLE reports (
  id uuid PRIMARY KEY,
  conversation_id uuid NOT NULL,
  seq integer NOT NULL,
  reporter_id uuid NOT NULL,
  sender_id uuid NOT NULL,
  content jsonb,
  note text NOT NULL,
  reported_at timestamptz(3) NOT NULL
);
CREATE INDEX reports_message ON reports (conversation_id, seq);

-- A conversation as one of its people sees it.
CREATE VIEW conversations_of AS
  SELECT m.user_id, m.peer_id, m.conversation_id, m.pinned, m.archived, m.muted_until, m.marked_unread, m.blocked, m.settings_version,
    c.version - CASE WHEN m.user_id = c.first_id THEN c.first_behind ELSE c.second_behind END AS version, c.closed, c.started_at,
    CASE WHEN m.user_id = c.first_id THEN c.first_last ELSE c.second_last END AS last_seq,
    CASE WHEN m.user_id = c.first_id THEN c.first_active_at ELSE c.second_active_at END AS active_at,
    CASE WHEN m.user_id = c.first_id THEN c.first_delivered ELSE c.second_delivered END AS delivered,
    CASE WHEN m.user_id = c.first_id THEN c.first_read ELSE c.second_read END AS read,
    CASE WHEN m.user_id = c.first_id THEN c.second_shown_delivered ELSE c.first_shown_delivered END AS peer_delivered,
    CASE WHEN m.user_id = c.first_id THEN c.second_shown_read ELSE c.first_shown_read END AS peer_read,
    CASE WHEN m.user_id = c.first_id THEN c.second_total - c.first_read_total ELSE c.first_total - c.second_read_total END AS sent_since,
    CASE WHEN m.user_id = c.first_id THEN c.first_uncounted ELSE c.second_uncounted END AS uncounted
  FROM members m JOIN conversations c ON c.conversation_id = m.conversation_id;

-- What happened here and has to be told: written with the change itself, relayed afterwards, kept for replay.
-- Copied into the first migration of each service that has an outbox; its model in schema.prisma:
--   model Outbox {
--     id        BigInt    @id @default(autoincrement())
--     key       String    @db.Uuid
--     name      String
--     data      Json
--     madeAt    DateTime  @map("made_at") @db.Timestamptz(3)
--     relayedAt DateTime? @map("relayed_at") @db.Timestamptz(3)
--     last      Boolean   @default(false)
--     @@index([key, id], map: "outbox_by_key")
--     @@map("outbox")
--   }
CREATE TABLE outbox (
  id bigserial PRIMARY KEY,
  -- Whom it is about; what is about the same is relayed in order.
  key uuid NOT NULL,
  name text NOT NULL,
  data jsonb NOT NULL,
  made_at timestamptz(3) NOT NULL,
  relayed_at timestamptz(3),
  -- The one that stays of all of its key: what came before it goes as soon as it is relayed.
  last boolean NOT NULL DEFAULT false
);
CREATE INDEX outbox_by_key ON outbox (key, id);
CREATE INDEX outbox_waiting ON outbox (id) WHERE relayed_at IS NULL;
