"""The time zone rules of the package tzdata, for Python and for the embedded Postgres.

Belongs here: which zones the package has, their rules, and its compiled files in the
server's own folder. Does not: comparing a running server's rules with them.
"""

import contextlib
import os
import tempfile
import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import tzdata

_PACKAGE = Path(tzdata.__file__).parent
_FILES = _PACKAGE / "zoneinfo"
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@cache
def zone_names() -> tuple[str, ...]:
    """The names of all zones."""
    return tuple((_PACKAGE / "zones").read_text().split())


@cache
def zone_of(name: str) -> zoneinfo.ZoneInfo | None:
    """A zone by the rules of the package; None where the package has no such zone.

    `zoneinfo` by itself would read the system's files, which may be older.
    """
    if name not in zone_names():
        return None
    with (_FILES / name).open("rb") as file:
        return zoneinfo.ZoneInfo.from_file(file, key=name)


def zone_of_machine() -> str:
    """The zone of TZ or /etc/localtime; UTC where neither names a zone."""
    place = os.environ.get("TZ") or os.path.realpath("/etc/localtime")
    name = place.removeprefix(":").rpartition("zoneinfo/")[2]
    return name if name in zone_names() else "UTC"


def offset_changes(
    name: str, after: datetime, until: datetime
) -> list[tuple[datetime, timedelta]] | None:
    """The offset at `after`, then each change until `until`, as (moment, offset).

    None where the package has no such zone. Both moments are whole seconds.
    """
    zone = zone_of(name)
    if zone is None:
        return None

    def offset_at(moment: datetime) -> timedelta:
        return moment.astimezone(zone).utcoffset() or timedelta()

    after = after.astimezone(UTC)
    changes = [(after, offset_at(after))]
    # No zone changes twice within a day.
    piece = after
    while piece < until:
        end = min(piece + _DAY, until)
        if offset_at(end) != changes[-1][1]:
            low, high = piece, end
            while high - low > _SECOND:
                middle = low + (high - low) // _SECOND // 2 * _SECOND
                if offset_at(middle) == changes[-1][1]:
                    low = middle
                else:
                    high = middle
            changes.append((high, offset_at(high)))
        piece = end
    return changes


def lay_over(folder: Path) -> int:
    """Puts the package's compiled files into the server's folder; how many differed.

    Each file is replaced by renaming: a file of an environment may be one with that
    of others, and a running server reads a whole one. A folder that this user may not
    write stays as it is, and the comparison of the rules tells what differs.
    """
    replaced_count = 0
    with contextlib.suppress(PermissionError):
        for name in zone_names():
            content = (_FILES / name).read_bytes()
            target = folder / name
            if target.is_file() and target.read_bytes() == content:
                continue
            _replace(target, content)
            replaced_count += 1
    return replaced_count


def _replace(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=target.parent, prefix=".unfinished-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), 0o644)
        os.replace(unfinished, target)
    except BaseException:
        os.unlink(unfinished)
        raise
