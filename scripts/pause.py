"""Pauses an account, a campaign or one enrollment, audited with who and why."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from trueup.cli.pauses import pause_command

if __name__ == "__main__":
    pause_command(is_paused=True)()
