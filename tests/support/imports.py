"""Exports that tests read and import.

Belongs here: texts, and how they are read and brought in. Fixtures do not.
"""

from tests.support.campaign_files import PLAIN
from tests.support.rows import NOON
from trueup.imports.prospect_rows import (
    HiddenMember,
    ProspectRow,
    RefusedRow,
    read_export,
    read_rows,
)
from trueup.imports.prospects import import_prospects

LOOKING_UP = PLAIN.replace("steps:", "steps:\n  - action: resolve_profile")
PEOPLE = """\
First Name,Last Name,LinkedIn URL,Company,Subject Line
Ada,Lovelace,https://www.linkedin.com/in/ada-lovelace/,Analytical,Engines
Alan,Turing,linkedin.com/in/alan-turing?trk=1,Bletchley,
Grace,Hopper,https://uk.linkedin.com/in/Grace-Hopper,,Compilers
"""


def bring(connection, saved, text, **options):
    content = text if isinstance(text, bytes) else text.encode()
    done = import_prospects(
        connection,
        saved.workspace_id,
        saved.campaign_id,
        read_export(content, ["subject_line"]),
        **{"is_dry_run": False, "as_of": NOON} | options,
    )
    connection.execute("set constraints all immediate")
    connection.execute("set constraints all deferred")
    connection.execute("drop table if exists pg_temp.imported_prospects")
    return done


def rows_of(text, declared=()):
    content = text if isinstance(text, bytes) else text.encode()
    return list(read_rows(read_export(content, declared)))


def refusals(text):
    return [str(row) for row in rows_of(text) if isinstance(row, RefusedRow)]


def people_of(text, declared=(), **options):
    """The people of an export, without their lines."""
    content = text if isinstance(text, bytes) else text.encode()
    rows = read_rows(read_export(content, declared, **options))
    return [row for row in rows if isinstance(row, ProspectRow)]


def hidden_of(text):
    return [row.line for row in rows_of(text) if isinstance(row, HiddenMember)]
