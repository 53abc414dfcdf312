"""Functions, procedures, views and triggers of an earlier checkout that this one lacks.

Belongs here: finding them in the catalog and dropping them. Does not: applying files.
"""

import re
from dataclasses import dataclass

import psycopg

from trueup.postgres.migration_files import MigrationError, MigrationFile

_MADE_BY_MIGRATION = re.compile(
    r"^\s*create\s+(?:or\s+replace\s+)?(?:constraint\s+)?"
    r"(?P<kind>function|procedure|aggregate|view|trigger)\s+(?:outreach\.)?(?P<name>\w+)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class CatalogObject:
    """A routine, view or trigger, with the version of its row in the catalog.

    `create or replace` writes a new version of the row, even without a change. A row of
    the same version was therefore not replaced.
    """

    kind: str
    name: str
    # The name in a drop statement: a routine's with argument types, a trigger's with
    # its table.
    identity: str
    oid: int
    row_version: str


def remade_objects(connection: psycopg.Connection) -> set[CatalogObject]:
    """All routines, views and triggers of the schema outreach, but an extension's.

    The version of a view is that of its query.
    """
    rows = connection.execute(
        """
        select
            'routine',
            routines.proname::text,
            format(
                '%I.%I(%s)',
                'outreach',
                routines.proname,
                pg_get_function_identity_arguments(routines.oid)
            ),
            routines.oid::bigint,
            routines.xmin::text
        from pg_catalog.pg_proc as routines
        where
            routines.pronamespace = to_regnamespace('outreach')
            and not exists (
                select 1
                from pg_catalog.pg_depend as dependencies
                where
                    dependencies.classid = 'pg_catalog.pg_proc'::regclass
                    and dependencies.objid = routines.oid
                    and dependencies.deptype = 'e'
            )
        union all
        select
            'view',
            relations.relname::text,
            format('%I.%I', 'outreach', relations.relname),
            relations.oid::bigint,
            queries.xmin::text
        from pg_catalog.pg_class as relations
        inner join pg_catalog.pg_rewrite as queries
            on relations.oid = queries.ev_class
        where
            relations.relnamespace = to_regnamespace('outreach')
            and relations.relkind = 'v'
            and queries.rulename = '_RETURN'
            and not exists (
                select 1
                from pg_catalog.pg_depend as dependencies
                where
                    dependencies.classid = 'pg_catalog.pg_class'::regclass
                    and dependencies.objid = relations.oid
                    and dependencies.deptype = 'e'
            )
        union all
        select
            'trigger',
            triggers.tgname::text,
            format('%I on %I.%I', triggers.tgname, 'outreach', relations.relname),
            triggers.oid::bigint,
            triggers.xmin::text
        from pg_catalog.pg_trigger as triggers
        inner join pg_catalog.pg_class as relations
            on triggers.tgrelid = relations.oid
        where
            relations.relnamespace = to_regnamespace('outreach')
            and not triggers.tgisinternal
            and triggers.tgparentid = 0
        """
    )
    return {CatalogObject(*row) for row in rows}


def drop_leftovers(
    connection: psycopg.Connection,
    before: set[CatalogObject],
    migrations: tuple[MigrationFile, ...],
) -> tuple[str, ...]:
    """Drops the objects in `before` that were not replaced; returns those.

    Objects that a migration created are kept; only a migration drops those. Raises
    MigrationError if another object depends on a leftover.
    """
    kept = {
        name
        for migration in migrations
        for name in _MADE_BY_MIGRATION.findall(migration.file.text)
    }
    leftovers = [
        leftover
        for leftover in before & remade_objects(connection)
        if not any(_is_named(leftover, kind, name) for kind, name in kept)
    ]
    dropped = []
    # Views or routines that depend on one another can only be dropped together.
    for kind in ("trigger", "view", "routine"):
        identities = sorted(
            leftover.identity for leftover in leftovers if leftover.kind == kind
        )
        dropped += [f"{kind} {identity}" for identity in identities]
        if kind == "trigger":
            for identity in identities:
                _drop(connection, "trigger", [identity])
        elif identities:
            _drop(connection, kind, identities)
    return tuple(dropped)


def _is_named(found: CatalogObject, kind: str, name: str) -> bool:
    made = kind.lower() if kind.lower() in ("trigger", "view") else "routine"
    return (found.kind, found.name) == (made, name.lower())


def _drop(connection: psycopg.Connection, kind: str, identities: list[str]) -> None:
    # The catalog has quoted these names.
    statement = f"drop {kind} {', '.join(identities)}"
    try:
        connection.execute(statement.encode())
    except psycopg.errors.DependentObjectsStillExist as error:
        raise MigrationError(
            f"A {kind} that no file of this checkout creates cannot be dropped: "
            f"{dependents_said_by(error)}. Drop what depends on it, or restore its "
            "file, and migrate again."
        ) from None


def drop_changed_routine(
    connection: psycopg.Connection, error: psycopg.Error, path: str
) -> bool:
    """Drops the routine that `create or replace` could not replace, if this failed.

    The hint of Postgres names it if its result or the name of an argument has changed.
    Returns whether it was dropped.
    """
    match = re.search(
        r"DROP (?P<kind>FUNCTION|PROCEDURE|ROUTINE|AGGREGATE) (?P<identity>\S.*\))",
        error.diag.message_hint or "",
    )
    if match is None:
        return False
    try:
        connection.execute(f"drop routine {match['identity']}".encode())
    except psycopg.errors.DependentObjectsStillExist as refusal:
        raise MigrationError(
            f"{path} changes the result or an argument of {match['identity']}, which "
            f"cannot be replaced: {dependents_said_by(refusal)}. Drop what "
            "depends on it, migrate, and create it again."
        ) from None
    return True


def drop_other_versions(
    connection: psycopg.Connection, before: set[CatalogObject]
) -> None:
    """Drops each old routine with the name of a new one.

    Postgres refuses a call that matches both as not unique, so a view with such a call
    could not be created. A routine with dependents is dropped at the end.
    """
    now = remade_objects(connection)
    made = {found.name for found in now - before if found.kind == "routine"}
    for old in sorted(before & now, key=lambda found: found.identity):
        if old.kind == "routine" and old.name in made:
            try:
                with connection.transaction():
                    connection.execute(f"drop routine {old.identity}".encode())
            except psycopg.errors.DependentObjectsStillExist:
                continue


def dependents_said_by(error: psycopg.Error) -> str:
    """The dependent objects that Postgres lists in its error, in one line."""
    return "; ".join((error.diag.message_detail or str(error)).splitlines())
