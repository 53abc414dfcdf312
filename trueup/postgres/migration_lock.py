"""The lock that allows one migration of a database at a time.

Belongs here: taking it within a bounded time, and naming its holder. Does not: the
migration itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from trueup.postgres.migration_files import MigrationError

# Any number that no other program uses in the same database.
MIGRATION_LOCK = 7_388_270_265


@contextmanager
def only_migration(connection: psycopg.Connection, wait_seconds: int) -> Iterator[None]:
    """Makes a second migration of this database wait until the block ends.

    Inside, no statement waits longer than `wait_seconds` for a lock, because later
    sessions queue behind a waiting table lock. Raises MigrationError, which names the
    holder, if the migration lock is not free within that time.
    """
    before = connection.execute("select current_setting('lock_timeout')").fetchone()
    assert before is not None
    _set_lock_timeout(connection, f"{wait_seconds}s")
    try:
        _take(connection, wait_seconds)
        try:
            yield
        finally:
            if not connection.closed:
                connection.execute("select pg_advisory_unlock(%s)", [MIGRATION_LOCK])
    finally:
        if not connection.closed:
            _set_lock_timeout(connection, before[0])


def _set_lock_timeout(connection: psycopg.Connection, timeout: str) -> None:
    connection.execute("select set_config('lock_timeout', %s, false)", [timeout])


def _take(connection: psycopg.Connection, wait_seconds: int) -> None:
    try:
        connection.execute("select pg_advisory_lock(%s)", [MIGRATION_LOCK])
    except psycopg.errors.LockNotAvailable:
        raise MigrationError(
            f"The database {connection.info.dbname} was not migrated: after "
            f"{wait_seconds} seconds {_holder(connection)} still holds the migration "
            "lock. If that is a migration, wait for it and migrate again; if not, end "
            "it with pg_terminate_backend(pid)."
        ) from None


def _holder(connection: psycopg.Connection) -> str:
    """The session with the lock, as far as a user without special rights can see it."""
    row = connection.execute(
        """
        select
            locks.pid,
            roles.rolname,
            sessions.application_name,
            to_char(
                sessions.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'
            )
        from pg_catalog.pg_locks as locks
        left join pg_catalog.pg_stat_activity as sessions
            on locks.pid = sessions.pid
        left join pg_catalog.pg_roles as roles
            on sessions.usesysid = roles.oid
        where
            locks.locktype = 'advisory'
            and locks.granted
            and locks.database = (
                select databases.oid
                from pg_catalog.pg_database as databases
                where databases.datname = current_database()
            )
            and locks.objsubid = 1
            and (locks.classid::bigint << 32) + locks.objid::bigint = %s
        """,
        [MIGRATION_LOCK],
    ).fetchone()
    if row is None:
        return "another session, which has ended meanwhile,"
    pid, user, application, since = row
    connected = "" if since is None else f", connected since {since} UTC"
    return (
        f"the session with pid {pid} (user {user}, application "
        f"{application or 'without a name'}{connected})"
    )
