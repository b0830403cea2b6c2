CREATE TABLE presence (
  user_id uuid NOT NULL,
  number integer NOT NULL,
  online boolean NOT NULL,
  seen_at timestamptz(3) NOT NULL,
  told integer NOT NULL DEFAULT 0,
  changed_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT presence_pkey PRIMARY KEY (user_id)
) WITH (fillfactor = 80);

-- Who is here: counted for guests, compared with the registry.
CREATE INDEX presence_online ON presence (user_id) WHERE online;
-- What was not published yet: empty but for moments.
CREATE INDEX presence_untold ON presence (user_id) WHERE told < number;

CREATE TABLE sign_of_life (
  id boolean NOT NULL DEFAULT true CHECK (id),
  at timestamptz(3) NOT NULL,
  CONSTRAINT sign_of_life_pkey PRIMARY KEY (id)
);

CREATE TABLE preferences (
  user_id uuid NOT NULL,
  number integer NOT NULL DEFAULT 1,
  do_not_disturb_until timestamptz(3),
  show_last_seen boolean NOT NULL DEFAULT true,
  CONSTRAINT preferences_pkey PRIMARY KEY (user_id)
);

CREATE TABLE account_events (
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  number integer NOT NULL,
  what text NOT NULL,
  device_name text NOT NULL,
  at timestamptz(3) NOT NULL,
  read_at timestamptz(3),
  CONSTRAINT account_events_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX account_events_user_id_number_what_key ON account_events (user_id, number, what);
CREATE INDEX account_events_newest_first ON account_events (user_id, at DESC, id DESC);
-- The badge counts these.
CREATE INDEX account_events_unread ON account_events (user_id) WHERE read_at IS NULL;

CREATE TABLE gone_people (
  user_id uuid NOT NULL,
  CONSTRAINT gone_people_pkey PRIMARY KEY (user_id)
);
