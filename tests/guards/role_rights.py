"""Which rights over tables the functions that a role calls need.

Belongs here: what a role's calls come through, and the rights that their statements
need. Does not: parsing the functions (sql_functions), or reading a catalog.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pglast import ast

from tests.guards.sql_functions import Query, SqlFile, SqlFunction

_CALL = re.compile(r"\boutreach\.(\w+)\(")


@dataclass(frozen=True, order=True)
class Right:
    """A right over a table, and the function whose statement needs it.

    column: null for the whole table, "" for any column, which a row lock needs.
    """

    privilege: str
    table: str
    column: str | None
    function: str


def called_in(paths: Iterable[Path]) -> set[str]:
    """The SQL functions that Python files name in a call."""
    return {name for path in paths for name in _CALL.findall(path.read_text())}


def rights_needed(files: list[SqlFile], entry_points: Iterable[str]) -> set[Right]:
    """The rights that a caller of these functions needs, on every branch.

    A function with its owner's rights needs none, nor does what it calls.
    """
    functions = _by_name(files)
    fired = _trigger_functions(files)
    needed: set[Right] = set()
    reached: set[str] = set()
    ahead = list(entry_points)
    while ahead:
        name = ahead.pop()
        if name in reached:
            continue
        reached.add(name)
        for function in functions.get(name, ()):
            if function.is_security_definer:
                continue
            own = set(_rights_of(function))
            needed |= own
            ahead += _called_by(function)
            for right in own:
                ahead += fired.get((right.privilege, right.table), ())
    return needed


def _by_name(files: list[SqlFile]) -> dict[str, list[SqlFunction]]:
    functions: dict[str, list[SqlFunction]] = {}
    for file in files:
        for function in file.functions:
            functions.setdefault(function.name, []).append(function)
    return functions


def _trigger_functions(files: list[SqlFile]) -> dict[tuple[str, str], set[str]]:
    """By the privilege and the table that fire them."""
    bits = {4: "INSERT", 8: "DELETE", 16: "UPDATE"}
    fired: dict[tuple[str, str], set[str]] = {}
    for file in files:
        for statement in file.statements:
            if isinstance(statement, ast.CreateTrigStmt):
                for bit, privilege in bits.items():
                    if statement.events & bit:
                        key = (privilege, statement.relation.relname)
                        fired.setdefault(key, set()).add(statement.funcname[-1].sval)
    return fired


def _called_by(function: SqlFunction) -> set[str]:
    return {
        node.funcname[-1].sval
        for query in function.queries
        for node, _ in query.parts
        if isinstance(node, ast.FuncCall) and node.funcname[0].sval == "outreach"
    }


def _rights_of(function: SqlFunction) -> Iterator[Right]:
    for query in function.queries:
        for privilege, table, column in _rights_of_query(query):
            yield Right(privilege, table, column, function.name)


def _rights_of_query(query: Query) -> Iterator[tuple[str, str, str | None]]:
    node = query.node
    for table in query.tables.values():
        yield "SELECT", table, ""
    if isinstance(node, ast.SelectStmt) and node.lockingClause:
        locked = {
            name.relname
            for clause in node.lockingClause
            for name in clause.lockedRels or ()
        }
        for alias, table in query.tables.items():
            if not locked or alias in locked:
                yield "UPDATE", table, ""
    if isinstance(node, ast.DeleteStmt) and node.relation.schemaname == "outreach":
        yield "DELETE", node.relation.relname, None
    if isinstance(node, ast.UpdateStmt) and node.relation.schemaname == "outreach":
        for target in node.targetList:
            yield "UPDATE", node.relation.relname, target.name
    if isinstance(node, ast.InsertStmt) and node.relation.schemaname == "outreach":
        for target in node.cols or ():
            yield "INSERT", node.relation.relname, target.name
        clause = node.onConflictClause
        for target in (clause.targetList if clause else None) or ():
            yield "UPDATE", node.relation.relname, target.name
