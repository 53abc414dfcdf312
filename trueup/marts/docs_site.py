"""Building dbt's documentation as one page, and serving it to this machine.

Belongs here: calling dbt, and a server for one folder. The page needs no network.
"""

import contextlib
import functools
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from trueup.paths import PROJECT_ROOT
from trueup.postgres.connection import (
    UnusableDatabaseError,
    connect,
    database_name,
)

DBT_FOLDER = PROJECT_ROOT / "dbt"


class NoPageError(Exception):
    """The page cannot be built or served; a sentence for a person."""


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests are not logged."""


def build_site(folder: Path, say: Callable[[str], object]) -> Path:
    """Build the page in `folder` again. Raises NoPageError with dbt's error."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="trueup-docs-") as target:
        if has_database(say):
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


def has_database(say: Callable[[str], object]) -> bool:
    """Whether a database answers; without one the page has only the files."""
    try:
        connect().close()
    except UnusableDatabaseError as unusable:
        say(f"Without what is built in a database: {unusable}")
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
        raise NoPageError(f"dbt could not build the page: {done.stdout}{done.stderr}")


def serve(folder: Path, port: int, say: Callable[[str], object]) -> None:
    """Serve `folder` to this machine alone until Ctrl-C. Raises NoPageError."""
    handler = functools.partial(_Handler, directory=str(folder))
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise NoPageError(
            f"Port {port} cannot be served: {error.strerror}. Name another --port."
        ) from None
    with server:
        say(f"http://127.0.0.1:{server.server_port}  (Ctrl-C ends it)")
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
