-- Who shows nobody when they were last here.
ALTER TABLE people ADD COLUMN hides_last_seen boolean NOT NULL DEFAULT false;

-- Who blocked whom, as last heard. Between the two neither is shown the other's presence.
CREATE TABLE blocks (
  user_id uuid NOT NULL,
  peer_id uuid NOT NULL,
  -- Of the event; 0: as a rebuild found it.
  number integer NOT NULL,
  blocked boolean NOT NULL,
  PRIMARY KEY (user_id, peer_id)
);
CREATE INDEX blocks_by_peer ON blocks (peer_id);

ALTER TABLE people DROP CONSTRAINT people_gone_keep_nothing;
ALTER TABLE people ADD CONSTRAINT people_gone_keep_nothing CHECK (
  NOT gone
  OR (user_name IS NULL AND display_name IS NULL AND name_key IS NULL AND search_keys = '{}' AND about = ''
      AND picture_id IS NULL AND registered_at IS NULL AND away AND presence_number IS NULL AND seen_at IS NULL AND NOT hides_last_seen)
) NOT VALID;
