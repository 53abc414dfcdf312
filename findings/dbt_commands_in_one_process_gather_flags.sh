#!/bin/sh
# Each dbt command in one process has more behaviour flags than the command before.
#
# dbt's Python API, dbtRunner, makes an adapter for each command. The adapter appends its own
# flags to the list of default flags of dbt-adapters itself, so the list grows by one with
# dbt-postgres at each command. For each flag in it, dbt-common walks the whole stack of calls
# for the name of the module that asks, also where the flag says its source: the default of a
# dictionary's get() is computed first. A service that stays, or a test suite, gets slower
# with each command: here the sixth one walks the stack eight times.
#
# With this: keep a copy of dbt.adapters.base.impl.DEFAULT_BASE_BEHAVIOR_FLAGS, and put it
# back into the list after each command.
. "$(dirname -- "$0")/support/steps.sh"

install dbt-core==1.11.16 dbt-postgres==1.11.0 dbt-adapters==1.24.5 dbt-common==1.39.0
PGHOST=localhost PGPORT=5432 PGUSER=nobody PGDATABASE=nowhere # parsing connects nowhere
start_dbt_project
report "3 walks in each of 6 commands" "3, 4, 5, 6, 7, 8" "$(python - <<'PYTHON'
import inspect
from unittest import mock

from dbt.cli.main import dbtRunner

walks = []
for _ in range(6):
    with mock.patch.object(inspect, "stack", wraps=inspect.stack) as stack:
        outcome = dbtRunner().invoke(
            ["--no-send-anonymous-usage-stats", "--log-level", "none", "parse"]
        )
    assert outcome.success, outcome.exception
    walks.append(str(stack.call_count))
print(", ".join(walks))
PYTHON
)"
