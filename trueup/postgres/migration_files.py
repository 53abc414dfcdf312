"""The files under `sql/`, read and checked before the first one runs.

Belongs here: their names, order, text and checksums. Does not: a connection.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

_MIGRATION_NAME = re.compile(r"(?P<version>\d{4})_(?P<name>[a-z0-9_]+)\.sql")


class MigrationError(Exception):
    """The files and the database are not compatible; a sentence for a person."""


@dataclass(frozen=True)
class SqlFile:
    """One SQL file; `path` is relative to `sql/`."""

    path: str
    text: str


@dataclass(frozen=True)
class MigrationFile:
    """A numbered file that is applied once and never edited."""

    version: str
    name: str
    file: SqlFile
    checksum: str


@dataclass(frozen=True)
class SqlFolder:
    """All files of the database, in the order of application."""

    migrations: tuple[MigrationFile, ...]
    functions: tuple[SqlFile, ...]
    views: tuple[SqlFile, ...]
    triggers: tuple[SqlFile, ...]


def read_sql_folder(folder: Path) -> SqlFolder:
    """Reads `migrations/`, `functions/`, `views/` and `triggers/` below `folder`.

    Raises MigrationError for a misnamed migration or a number used twice.
    """
    migrations: dict[str, MigrationFile] = {}
    for file in _read_all(folder, "migrations"):
        migration = _as_migration(file)
        twin = migrations.setdefault(migration.version, migration)
        if twin is not migration:
            raise MigrationError(
                f"{twin.file.path} and {file.path} have the same number; give the "
                "later one the next free number."
            )
    return SqlFolder(
        migrations=tuple(migrations.values()),
        functions=_read_all(folder, "functions"),
        views=_read_all(folder, "views"),
        triggers=_read_all(folder, "triggers"),
    )


def _read_all(folder: Path, part: str) -> tuple[SqlFile, ...]:
    paths = sorted((folder / part).rglob("*.sql"))
    return tuple(
        SqlFile(path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8"))
        for path in paths
    )


def _as_migration(file: SqlFile) -> MigrationFile:
    match = _MIGRATION_NAME.fullmatch(Path(file.path).name)
    if match is None:
        raise MigrationError(
            f"{file.path} is not named like 0001_what_it_makes.sql; rename it."
        )
    # read_text normalises line ends, so that a checkout on another system has the same
    # checksum.
    checksum = hashlib.sha256(file.text.encode()).hexdigest()
    return MigrationFile(match["version"], match["name"], file, checksum)
