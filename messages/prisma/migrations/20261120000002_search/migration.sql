-- What can be found, filled behind the store. A key is a hash of a person's id and of a piece of a word, so the index of
-- one person's messages is part of everybody's and yet holds nothing of anybody else's.
CREATE TABLE search (
  conversation_id uuid NOT NULL,
  seq integer NOT NULL,
  sent_at timestamptz(3) NOT NULL,
  keys integer[] NOT NULL,
  PRIMARY KEY (conversation_id, seq)
);
CREATE INDEX search_keys ON search USING gin (keys);

-- Up to which version of a conversation the index holds it.
CREATE TABLE indexed (
  conversation_id uuid PRIMARY KEY,
  version integer NOT NULL
) WITH (fillfactor = 70);
