ALTER TABLE preferences
  ADD COLUMN previews boolean NOT NULL DEFAULT true,
  -- Whether a browser of theirs is notified while it is closed: so that pods need not look.
  ADD COLUMN pushes boolean NOT NULL DEFAULT false;

-- Where a browser is notified while it is closed; it goes with its session.
CREATE TABLE push_subscriptions (
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  session_id uuid NOT NULL,
  endpoint text NOT NULL,
  p256dh bytea NOT NULL,
  auth bytea NOT NULL,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT push_subscriptions_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX push_subscriptions_session_id_key ON push_subscriptions (session_id);
CREATE UNIQUE INDEX push_subscriptions_endpoint_key ON push_subscriptions (endpoint);
CREATE INDEX push_subscriptions_user_id_created_at_idx ON push_subscriptions (user_id, created_at);

-- What is to be said to a browser soon, unless it is read before: one row a conversation, and no text.
CREATE TABLE pushes (
  subscription_id uuid NOT NULL,
  peer_id uuid NOT NULL,
  seq integer NOT NULL,
  due_at timestamptz(3) NOT NULL,
  since timestamptz(3) NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  CONSTRAINT pushes_pkey PRIMARY KEY (subscription_id, peer_id),
  CONSTRAINT pushes_subscription_id_fkey FOREIGN KEY (subscription_id) REFERENCES push_subscriptions (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX pushes_due_at_idx ON pushes (due_at);
