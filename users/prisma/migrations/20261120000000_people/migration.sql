-- Everybody that an event has named. A row begins with whichever event comes first and is listed once the registration
-- is known (name_key); of somebody who has gone only the number stays, so that a late event finds the door closed.
CREATE TABLE people (
  user_id uuid PRIMARY KEY,
  account_number integer NOT NULL DEFAULT 0,
  gone boolean NOT NULL DEFAULT false,
  registered_at timestamptz(3),
  user_name text,
  display_name text,
  -- What names are sorted by, in code points, whatever libraries this or the next release bring along.
  name_key text COLLATE "C",
  -- What search finds this person under: the rows of search_keys.
  search_keys text[] COLLATE "C" NOT NULL DEFAULT '{}',
  about text NOT NULL DEFAULT '',
  picture_id text,
  profile_number integer NOT NULL DEFAULT 0,
  -- False sorts first: the list begins with who is here.
  away boolean NOT NULL DEFAULT true,
  -- Null: nobody has said anything since a rebuild. 0: never here so far.
  presence_number integer,
  seen_at timestamptz(3),
  CONSTRAINT people_gone_keep_nothing CHECK (
    NOT gone
    OR (user_name IS NULL AND display_name IS NULL AND name_key IS NULL AND search_keys = '{}' AND about = ''
        AND picture_id IS NULL AND registered_at IS NULL AND away AND presence_number IS NULL AND seen_at IS NULL)
  ),
  CONSTRAINT people_listed_have_names CHECK ((name_key IS NULL) = (user_name IS NULL) AND (name_key IS NULL) = (display_name IS NULL))
) WITH (fillfactor = 85);

CREATE INDEX people_by_name ON people (name_key, user_id) WHERE name_key IS NOT NULL;
CREATE INDEX people_online_first ON people (away, name_key, user_id) WHERE name_key IS NOT NULL;

-- One row for each beginning under which a person is found; read in the order of its primary key alone.
CREATE TABLE search_keys (
  key text COLLATE "C" NOT NULL,
  user_id uuid NOT NULL,
  PRIMARY KEY (key, user_id)
);

CREATE TABLE pictures (
  user_id uuid PRIMARY KEY REFERENCES people ON DELETE CASCADE,
  picture_id text NOT NULL,
  media_type text NOT NULL,
  bytes bytea NOT NULL
);
-- Pictures are compressed already.
ALTER TABLE pictures ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- What happened here and has to be told: written with the change itself, relayed afterwards; the newest of each person is kept.
CREATE TABLE outbox (
  id bigserial PRIMARY KEY,
  key uuid NOT NULL,
  name text NOT NULL,
  data jsonb NOT NULL,
  made_at timestamptz(3) NOT NULL,
  relayed_at timestamptz(3),
  last boolean NOT NULL DEFAULT false
);
CREATE INDEX outbox_by_key ON outbox (key, id);
CREATE INDEX outbox_waiting ON outbox (id) WHERE relayed_at IS NULL;
