#!/bin/sh
# A database for each service that keeps something, and a role that owns it and nothing else. Run once, by a PostgreSQL
# that begins; the passwords are in AUTH_PASSWORD, USERS_PASSWORD, MESSAGES_PASSWORD, NOTIFICATIONS_PASSWORD.
set -eu
database() { # name, password
  psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres --set "password=$2" <<SQL
CREATE ROLE $1 LOGIN PASSWORD :'password';
CREATE DATABASE $1 OWNER $1 TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
REVOKE ALL ON DATABASE $1 FROM PUBLIC;
SQL
}
database parley_auth "$AUTH_PASSWORD"
database parley_users "$USERS_PASSWORD"
database parley_messages "$MESSAGES_PASSWORD"
database parley_notifications "$NOTIFICATIONS_PASSWORD"
