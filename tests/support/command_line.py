"""The command line as tests use it: as a process, or in this one.

Belongs here: how it is started. Does not: any command.
"""

import sys

from click.testing import CliRunner, Result

from demo.cli import main


def trueup(*arguments: object) -> list[str]:
    """What starts it as a process; the environment is Database.environment()."""
    return [sys.executable, "-m", "demo.cli", *map(str, arguments)]


def invoke(*arguments: object, **settings: object) -> Result:
    """Runs it in this process."""
    return CliRunner().invoke(main, [*map(str, arguments)], **settings)
