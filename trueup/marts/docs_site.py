"""Building dbt's documentation as one page, and serving it to this machine.

Belongs here: calling dbt, and a server for one folder. The page needs no network.
"""

import contextlib
import functools
import http.server
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from trueup.postgres.connection import (
    UnusableDatabaseError,
    connect,
    database_name,
)


class NoPageError(Exception):
    """The page cannot be built or served; a sentence for a person."""


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests are not logged."""


def build_site(folder: Path, say: Callable[[str], object]) -> Path:
    """Build the page in `folder` again. Raises NoPageError with dbt's error."""
    from trueup.marts import dbt_in_process

    folder.mkdir(parents=True, exist_ok=True)
    # After an error, threads of dbt write on for a while.
    with tempfile.TemporaryDirectory(
        prefix="trueup-docs-", ignore_cleanup_errors=True
    ) as target:
        arguments = ["docs", "generate", "--static", "--target-path", target]
        try:
            if not has_database(say):
                arguments += ["--no-compile", "--empty-catalog"]
                parsed = dbt_in_process.manifest_for(database_name())
                parsed.write(str(Path(target) / "manifest.json"))
            outcome = dbt_in_process.invoke(arguments, database_name())
        except dbt_in_process.DbtFailureError as error:
            raise NoPageError(f"dbt could not parse the models: {error}") from None
        if not outcome.success:
            raise NoPageError(f"dbt could not build the page: {outcome.exception}")
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
