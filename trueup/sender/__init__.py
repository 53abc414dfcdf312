"""The queue runner: claim, render, begin, call, record.

Belongs here: the order of those five, rendering, and one HTTP call for each attempt.
What may be sent and when is decided by functions in `sql/functions/`. No Dagster.
"""

from trueup.sender.drain import BATCH, DrainReport, drain, stay

__all__ = [
    "BATCH",
    "DrainReport",
    "drain",
    "stay",
]
