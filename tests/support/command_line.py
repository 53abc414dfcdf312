"""The command line as tests use it: as a process, or in this one.

Belongs here: how it is started. Does not: any command.
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from unittest import mock

from click.testing import CliRunner, Result

from demo.cli import main


def trueup(*arguments: object) -> list[str]:
    """What starts it as a process; the environment is Database.environment()."""
    return [sys.executable, "-m", "demo.cli", *map(str, arguments)]


def invoke(*arguments: object, **settings: object) -> Result:
    """Runs it in this process."""
    return CliRunner().invoke(main, [*map(str, arguments)], **settings)


def ran_here(
    environment: Mapping[str, str], *arguments: object, **settings: object
) -> subprocess.CompletedProcess[str]:
    """What a process with this environment says and ends with, run in this process.

    Starting a process takes most of the time of a short command; one test of a file is
    enough for that. An error that a process would print as a traceback is raised.
    """
    with mock.patch.dict(os.environ, environment, clear=True):
        result = invoke(*arguments, **settings)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return subprocess.CompletedProcess(
        arguments, result.exit_code, result.stdout, result.stderr
    )


def ran_as_a_process(
    environment: Mapping[str, str], *arguments: object
) -> subprocess.CompletedProcess[str]:
    """The same from a process of its own."""
    return subprocess.run(
        trueup(*arguments),
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
