"""Rights on a database itself, which neither a template nor a dump hands on.

Belongs here: what every start sets again. Does not: rights on tables and functions,
which are in sql/ and in every copy.
"""

import psycopg
from psycopg import sql

from trueup.postgres.roles import name_on_server


def keep_temporary_tables_to_operator(connection: psycopg.Connection) -> bool:
    """Takes the right to make temporary objects from everybody but operator.

    A database that was restored or copied grants it to everybody again. Returns whether
    anything changed; nothing does for a user who does not own the database.
    """
    operator = name_on_server("operator")
    row = connection.execute(
        "select current_database(),"
        " has_database_privilege('public', databases.oid, 'temporary')"
        " and pg_has_role(current_user, databases.datdba, 'usage')"
        " from pg_catalog.pg_database as databases"
        " where databases.datname = current_database()"
        " and exists (select 1 from pg_catalog.pg_roles where rolname = %s)",
        [operator],
    ).fetchone()
    if row is None or not row[1]:
        return False
    names = (sql.Identifier(row[0]), sql.Identifier(operator))
    for right in (
        "revoke temporary on database {} from public",
        "grant temporary on database {} to {}",
    ):
        connection.execute(sql.SQL(right).format(*names))
    return True
