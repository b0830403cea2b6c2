-- Messages whose author took back the text, until it is certain that no dead letter holds it any more.
CREATE TABLE erasures (
  conversation_id uuid NOT NULL,
  seq integer NOT NULL,
  client_id uuid NOT NULL,
  looked_at timestamptz(3),
  PRIMARY KEY (conversation_id, seq)
);
