"""What every worker of a run needs alike, made once before the workers start.

Belongs here: the databases that tests copy, a parse of dbt's project, and the bytecode
of the tests. `scripts/test` runs this module beside the linters, and names its folder
in TRUEUP_TEST_PREPARED. Without a folder each process makes what it needs.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from trueup.postgres.connection import connect, ensure_database
from trueup.postgres.migrate import migrate
from trueup.postgres.server import Server, start_server

VARIABLE = "TRUEUP_TEST_PREPARED"
TEMPLATE = "trueup_template"
_PARSE = "partial_parse.msgpack"


def prepared_folder() -> Path | None:
    """The folder of what is prepared, if anything is."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def start_test_server(data_directory: Path) -> Server:
    """Starts a server for tests, with the prepared databases if there are any."""
    folder = prepared_folder()
    if folder is not None:
        # As root, the server's files belong to a user of its own.
        subprocess.run(["cp", "-a", folder / "pg", data_directory], check=True)
    return start_server(
        data_directory, is_durable=False, settings={"max_wal_size": "256MB"}
    )


def make_unless_prepared(name: str, make: Callable[[], None]) -> str:
    """The name of a database that is there, or that `make` has made."""
    with connect("postgres", autocommit=True) as connection:
        is_there = connection.execute(
            "select exists (select from pg_catalog.pg_database where datname = %s)",
            [name],
        ).fetchone()
    if is_there != (True,):
        make()
    return name


def make_migrated_template() -> str:
    """The name of a migrated database that nobody is connected to."""

    def make() -> None:
        ensure_database(TEMPLATE)
        with connect(TEMPLATE) as connection:
            migrate(connection)

    return make_unless_prepared(TEMPLATE, make)


def main(folder: Path) -> int:
    """Prepares into an existing folder; 0, or the exit code of the collection."""
    import pytest

    # Imports all tests, which keeps their bytecode.
    collected = pytest.main(["--collect-only", "--quiet", "--quiet"])
    if collected != pytest.ExitCode.OK:
        return int(collected)
    from tests.support.dbt_runner import (
        live_template,
        modelled_template,
        parsed_manifest,
        target_folder,
    )

    parsed_manifest()
    shutil.copy(target_folder() / _PARSE, folder)
    running = start_test_server(folder / "pg")
    try:
        os.environ.update(running.environment())
        migrated = make_migrated_template()
        modelled_template(migrated)
        live_template(migrated)
    finally:
        running.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
