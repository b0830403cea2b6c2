CREATE TABLE "accounts" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "email_key" TEXT NOT NULL,
    "user_name" TEXT NOT NULL,
    "user_name_key" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "password_changed_at" TIMESTAMPTZ(3) NOT NULL,
    "registered_at" TIMESTAMPTZ(3) NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),
    "event_number" INTEGER NOT NULL,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "accounts_email_key_key" ON "accounts"("email_key");

CREATE UNIQUE INDEX "accounts_user_name_key_key" ON "accounts"("user_name_key");

CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "device_name" TEXT NOT NULL,
    "address" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3) NOT NULL,
    "generation" INTEGER NOT NULL,
    "refresh_hash" BYTEA NOT NULL,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "sessions_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE INDEX "sessions_account_id_idx" ON "sessions"("account_id");

CREATE INDEX "sessions_last_used_at_idx" ON "sessions"("last_used_at");

CREATE TABLE "signing_keys" (
    "id" TEXT NOT NULL,
    "sealed" BYTEA NOT NULL,
    "signs_from" TIMESTAMPTZ(3) NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "invitations" (
    "token_hash" BYTEA NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("token_hash")
);

CREATE TABLE "password_resets" (
    "token_hash" BYTEA NOT NULL,
    "account_id" UUID NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "password_resets_pkey" PRIMARY KEY ("token_hash"),
    CONSTRAINT "password_resets_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE INDEX "password_resets_account_id_idx" ON "password_resets"("account_id");

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
