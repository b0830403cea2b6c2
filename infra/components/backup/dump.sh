#!/bin/sh
# A dump of each database that a URL is given for, into a folder named after this moment; complete or not there at all.
#   AUTH_DATABASE_URL=… USERS_DATABASE_URL=… MESSAGES_DATABASE_URL=… NOTIFICATIONS_DATABASE_URL=… dump.sh /backups [kept]
set -eu
target=$1
kept=${2:-7}
name=$(date -u +%Y-%m-%dT%H%M%SZ)
mkdir -p "$target/.$name"
for database in auth users messages notifications; do
  url=$(eval "printf %s \"\$$(echo "$database" | tr a-z A-Z)_DATABASE_URL\"")
  pg_dump --format=custom --no-owner --no-privileges --file="$target/.$name/$database.dump" --dbname="$url"
done
mv "$target/.$name" "$target/$name"
echo "$target/$name"
ls -1d "$target"/2* | sort -r | tail -n "+$((kept + 1))" | xargs -r rm -r
