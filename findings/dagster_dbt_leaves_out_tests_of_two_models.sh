#!/bin/sh
# dagster-dbt makes no asset check of a dbt test that reads two models, and does not say so.
#
# A singular test may select from several models, such as "an order has no payment". With
# dagster-dbt each test is expected to be an asset check, or to be named as one that is none.
# The test of one model becomes a check. The test of two models is missing from the list of
# checks, without a warning or a log line, although dbt runs it. Once its own config names
# one of the models for Dagster, the same test is a check.
#
# With this: name a model in meta of each test that reads several, and test that each does.
. "$(dirname -- "$0")/support/steps.sh"

install dagster==1.13.27 dagster-dbt==0.29.27 dbt-core==1.11.16 dbt-postgres==1.11.0 \
    dbt-adapters==1.24.5
# dbt only reads its files here, and connects to no server.
PGHOST=localhost PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
start_dbt_project
mkdir tests
echo "select 1 as order_id" > models/orders.sql
echo "select 1 as order_id" > models/payments.sql
echo "select * from {{ ref('orders') }} where order_id is null" > tests/of_one_model.sql
cat > tests/of_two_models.sql <<'SQL'
select orders.order_id
from {{ ref('orders') }} as orders
left join {{ ref('payments') }} as payments on orders.order_id = payments.order_id
where payments.order_id is null
SQL
{
    echo "{{ config(meta={'dagster': {'ref': {'name': 'orders'}}}) }}"
    cat tests/of_two_models.sql
} > tests/of_two_models_one_named.sql

outcome=$(run_dbt parse)
checks=$(python 2> "$place/said.txt" <<'PYTHON'
import json
import logging
import pathlib

from dagster_dbt import dbt_assets

logging.basicConfig(level=logging.DEBUG)
manifest = json.loads(pathlib.Path("target/manifest.json").read_text())


@dbt_assets(manifest=manifest)
def built():
    pass


print(*sorted(spec.name for spec in built.check_specs), sep=", ")
PYTHON
)
named=$(grep -c -w of_two_models "$place/said.txt" || true)
report "of_one_model, of_two_models and of_two_models_one_named, or a word about what is missing" \
    "parse: success; checks: of_one_model, of_two_models_one_named; lines about it: 0" \
    "parse: $outcome; checks: $checks; lines about it: $named"
