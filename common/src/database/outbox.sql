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
