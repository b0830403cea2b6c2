#!/bin/sh
# Puts the dumps of one folder into databases that may hold anything or nothing, each as a whole or not at all. No service may
# run meanwhile. Then versions count anew, and every device drops what it has seen since and reads what is there.
#   AUTH_DATABASE_URL=… USERS_DATABASE_URL=… MESSAGES_DATABASE_URL=… NOTIFICATIONS_DATABASE_URL=… restore.sh /backups/2026-11-21T020000Z
set -eu
source=$1
url_of() { eval "printf %s \"\$$(echo "$1" | tr a-z A-Z)_DATABASE_URL\""; }
for database in auth users messages notifications; do [ -s "$source/$database.dump" ] || { echo "$source/$database.dump is not there" >&2; exit 1; }; done
for database in auth users messages notifications; do
  pg_restore --clean --if-exists --no-owner --no-privileges --single-transaction --exit-on-error --dbname="$(url_of "$database")" "$source/$database.dump"
done
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --dbname="$(url_of messages)" --command='UPDATE installation SET epoch = gen_random_uuid()'
