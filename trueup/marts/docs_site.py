"""Builds dbt's documentation of the models as one page, and serves it to this machine.

Every mart with its columns, lineage, tests, exposures and worked questions. The page
needs no network. Where a database answers (libpq's PG* variables), it also shows the
columns and sizes of what is built there. Ctrl-C ends it.
"""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from trueup.paths import LOCAL_FOLDER, PROJECT_ROOT
from trueup.postgres.connection import (
    UnusableDatabaseError,
    connect,
    database_name,
)

DBT_FOLDER = PROJECT_ROOT / "dbt"
SITE_FOLDER = LOCAL_FOLDER / "docs"


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nobody reads the requests of a page."""


@click.command(help=__doc__)
@click.option("--build-only", is_flag=True, help="Build the page, and serve nothing.")
@click.option("--port", default=0, help="0, the default, takes any free one.")
@click.option(
    "--folder",
    default=SITE_FOLDER,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the page goes; .local/docs unless it is given.",
)
def main(build_only: bool, port: int, folder: Path) -> None:
    """Build, say where, and serve until Ctrl-C."""
    page = build_site(folder)
    click.echo(f"Built {page}")
    if not build_only:
        serve(folder, port)


def build_site(folder: Path) -> Path:
    """The page in `folder`, made anew. Raises ClickException with dbt's own words."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="trueup-docs-") as target:
        if has_database():
            _dbt(target, "docs", "generate", "--static")
        else:
            _dbt(target, "parse")
            _dbt(
                *(target, "docs", "generate", "--static"),
                *("--no-compile", "--empty-catalog"),
            )
        return Path(
            shutil.copy(Path(target) / "static_index.html", folder / "index.html")
        )


def has_database() -> bool:
    """Whether a database answers; without one the page shows the files alone."""
    try:
        connect().close()
    except UnusableDatabaseError as unusable:
        click.echo(f"Without what is built in a database: {unusable}")
        return False
    return True


def _dbt(target: str, *arguments: str) -> None:
    command = [
        *(str(Path(sys.executable).with_name("dbt")), "--quiet", "--no-version-check"),
        *arguments,
        *("--project-dir", str(DBT_FOLDER), "--profiles-dir", str(DBT_FOLDER)),
        *("--target-path", target, "--log-path", target),
    ]
    environment = os.environ | {
        "PGDATABASE": database_name(),
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise click.ClickException(
            f"dbt could not build the page: {done.stdout}{done.stderr}"
        )


def serve(folder: Path, port: int) -> None:
    """Serves `folder` to this machine alone. Raises ClickException on a taken port."""
    handler = functools.partial(_Handler, directory=str(folder))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise click.ClickException(
            f"Port {port} cannot be served: {error.strerror}. Name another --port."
        ) from None
    with server:
        click.echo(f"http://127.0.0.1:{server.server_port}  (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo()


if __name__ == "__main__":
    main()
