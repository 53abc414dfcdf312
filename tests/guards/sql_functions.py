"""The functions of a folder of SQL, parsed: their settings, and each query in them.

Belongs here: reading `functions/` and `triggers/` with Postgres' own grammar, and the
queries that Python asks. Does not: what a query may do; see scale_out_rules.
"""

import ast as python_ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pglast
from pglast import ast
from pglast.enums import SetOperation

# The parser of PL/pgSQL has no catalog, so it knows no type of the schema outreach.
_HEADER_TYPE = re.compile(r"outreach\.\w+(?!\w*\s*\()(\s*\[\s*\])?")
_DECLARED_TYPE = re.compile(
    r"(?m)^(\s*\w+\s+(?:constant\s+)?)outreach\.\w+(?:%rowtype)?(\s*\[\s*\])?(?=\s*[;:])"
)
_ASSIGNMENT = re.compile(r"(?s)^\s*[\w.\[\]\"]+\s*(?::=|=)\s*")
_IN_PYTHON = re.compile(r"(?i)\s*(select|insert into|update|delete from|with)\s")
_PLACEHOLDER = re.compile(r"%s|%\(\w+\)s")
_FOUND = re.compile(r"\s*(not\s+)?found\s*")
_TABLE_GAP, _NAME_GAP, _TEXT_GAP = (
    re.compile(pattern)
    for pattern in (r"outreach\.%\d?\$?I", r"%\d?\$?I", r"%\d?\$?[sL]")
)
_QUERIES = (ast.SelectStmt, ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt)
_SQL_MODE, _EXPRESSION_MODE = 0, 2


@dataclass(frozen=True)
class SqlFunction:
    """A function as its file writes it.

    `statements` are parsed queries and bodies, `counted` those of them after which the
    function asks how many rows there were, and `dynamic` what it makes by format().
    """

    name: str
    domain: str
    path: str
    language: str
    argument_count: int
    is_security_definer: bool
    settings: tuple[tuple[str, str], ...]
    statements: tuple[ast.Node, ...]
    assigned: tuple[ast.Node, ...]
    handlers: tuple[tuple[tuple[str, ...], bool], ...]
    counted: tuple[ast.Node, ...] = ()
    dynamic: tuple[ast.Node, ...] = ()

    @cached_property
    def queries_by_statement(self) -> tuple[tuple["Query", ...], ...]:
        """The queries of each statement, those of assigned expressions last."""
        return tuple(
            tuple(queries_of(statement))
            for statement in (*self.statements, *self.assigned)
        )

    @property
    def queries(self) -> Iterator["Query"]:
        """Every query of the function."""
        for queries in self.queries_by_statement:
            yield from queries


@dataclass(frozen=True)
class SqlFile:
    """A file's functions, and its other statements, such as `create trigger`."""

    path: str
    domain: str
    functions: tuple[SqlFunction, ...]
    statements: tuple[ast.Node, ...]


def read_sql_files(folder: Path) -> list[SqlFile]:
    """Every file of `functions/` and `triggers/` in a folder of SQL."""
    paths = [*folder.glob("functions/**/*.sql"), *folder.glob("triggers/*.sql")]
    return [
        read_sql_file(path.read_text(), path.parent.name, str(path.relative_to(folder)))
        for path in sorted(paths)
    ]


def read_migrations(folder: Path) -> list[SqlFile]:
    """Every file of `migrations/` in a folder of SQL."""
    return [
        read_sql_file(path.read_text(), path.parent.name, str(path.relative_to(folder)))
        for path in sorted(folder.glob("migrations/*.sql"))
    ]


def read_python_queries(root: Path, packages: Iterable[str]) -> list[SqlFile]:
    """The queries of each module of these packages, a function without a name each."""
    paths = [path for package in packages for path in root.glob(f"{package}/**/*.py")]
    return [
        read_python_file(path.read_text(), str(path.relative_to(root)))
        for path in sorted(paths)
    ]


def read_python_file(source: str, path: str) -> SqlFile:
    """The texts of one module that are queries of the schema outreach."""
    texts = [
        (node.lineno, node.value)
        for node in python_ast.walk(python_ast.parse(source))
        if isinstance(node, python_ast.Constant)
        and isinstance(node.value, str)
        and _IN_PYTHON.match(node.value)
        and "outreach." in node.value
    ]
    functions = [
        SqlFunction(
            name=f"line {line}",
            domain="python",
            path=path,
            language="plpgsql",
            argument_count=0,
            is_security_definer=False,
            settings=(),
            statements=(pglast.parse_sql(_without_gaps(text))[0].stmt,),
            assigned=(),
            handlers=(),
        )
        for line, text in texts
    ]
    return SqlFile(path, "python", tuple(functions), ())


def _without_gaps(text: str) -> str:
    """A query with a parameter or a name where psycopg puts one in."""
    return _PLACEHOLDER.sub("$1", text).replace("%%", "%").replace("{}", "named")


def read_sql_file(source: str, domain: str, path: str) -> SqlFile:
    """The statements of one file."""
    functions = []
    others = []
    encoded = source.encode()
    for raw in pglast.parse_sql(source):
        length = raw.stmt_len or len(encoded)
        text = encoded[raw.stmt_location : raw.stmt_location + length].decode()
        if isinstance(raw.stmt, ast.CreateFunctionStmt):
            functions.append(_read_function(raw.stmt, text, domain, path))
        else:
            others.append(raw.stmt)
    return SqlFile(path, domain, tuple(functions), tuple(others))


def _read_function(
    statement: ast.CreateFunctionStmt, text: str, domain: str, path: str
) -> SqlFunction:
    options = statement.options or ()
    by_name = {option.defname: option.arg for option in options}
    language = by_name["language"].sval if "language" in by_name else "sql"
    statements: list[ast.Node] = []
    assigned: list[ast.Node] = []
    handlers: list[tuple[tuple[str, ...], bool]] = []
    counted: list[ast.Node] = []
    dynamic: list[ast.Node] = []
    if statement.sql_body is not None:
        statements.append(statement.sql_body)
    elif language == "plpgsql":
        readable = _readable(text, statement.funcname[-1].sval)
        for node in _plpgsql_nodes(pglast.parse_plpgsql(readable)):
            if statements and _asks_for_rows(node):
                counted.append(statements[-1])
            _read_plpgsql(node, statements, assigned, handlers)
            dynamic += _made_by_format(node)
    else:
        body = by_name["as"][0].sval
        statements += [raw.stmt for raw in pglast.parse_sql(body)]
    modes = [str(parameter.mode.value) for parameter in statement.parameters or ()]
    return SqlFunction(
        name=statement.funcname[-1].sval,
        domain=domain,
        path=path,
        language=language,
        argument_count=sum(mode not in "ot" for mode in modes),
        is_security_definer="security" in by_name and by_name["security"].boolval,
        settings=tuple(
            (option.arg.name, _setting(option.arg.args or ()))
            for option in options
            if option.defname == "set"
        ),
        statements=tuple(statements),
        assigned=tuple(assigned),
        handlers=tuple(handlers),
        counted=tuple(counted),
        dynamic=tuple(dynamic),
    )


def _setting(values: tuple[ast.Node, ...]) -> str:
    constants = [value.val for value in values if isinstance(value, ast.A_Const)]
    return ", ".join(str(getattr(constant, "sval", constant)) for constant in constants)


def _readable(text: str, name: str) -> str:
    """The function without what the parser cannot look up."""
    header, quote, body = text.partition("$$")
    header = _HEADER_TYPE.sub(_stand_in, header)
    body = _DECLARED_TYPE.sub(_declared_stand_in, body)
    # A result is assigned by its bare name; qualified, it is unknown to the parser.
    body = re.sub(rf"\b{name}\.(\w+\s*:=)", r"\1", body)
    targets = rf"\binto\s+{name}\.\w+(?:\s*,\s*{name}\.\w+)*"
    body = re.sub(targets, lambda into: into[0].replace(f"{name}.", ""), body)
    return header + quote + body


def _stand_in(found: re.Match[str]) -> str:
    return "text[]" if found[1] else "record"


def _declared_stand_in(found: re.Match[str]) -> str:
    return found[1] + ("text[]" if found[2] else "record")


def _plpgsql_nodes(value: Any) -> Iterator[tuple[str, Any]]:
    """Every node of a PL/pgSQL function with its kind, in the order of the text."""
    if isinstance(value, list):
        for part in value:
            yield from _plpgsql_nodes(part)
    elif isinstance(value, dict):
        for kind, part in value.items():
            yield kind, part
            yield from _plpgsql_nodes(part)


def _read_plpgsql(
    node: tuple[str, Any],
    statements: list[ast.Node],
    assigned: list[ast.Node],
    handlers: list[tuple[tuple[str, ...], bool]],
) -> None:
    kind, value = node
    if kind == "PLpgSQL_expr":
        text, mode = value["query"], value["parseMode"]
        if mode == _SQL_MODE:
            statements.append(pglast.parse_sql(text)[0].stmt)
        elif mode == _EXPRESSION_MODE:
            statements.append(pglast.parse_sql("select " + text)[0].stmt)
        else:
            body = _ASSIGNMENT.sub("select ", text)
            assigned.append(pglast.parse_sql(body)[0].stmt)
    elif kind == "PLpgSQL_exception":
        names = tuple(
            condition["PLpgSQL_condition"]["condname"]
            for condition in value.get("conditions", ())
        )
        handlers.append((names, _raises_again(value.get("action", ()))))


def _asks_for_rows(node: tuple[str, Any]) -> bool:
    """Whether a node asks what became of the statement before it."""
    kind, value = node
    return kind == "PLpgSQL_stmt_getdiag" or (
        kind == "PLpgSQL_expr" and _FOUND.fullmatch(value["query"]) is not None
    )


def _made_by_format(node: tuple[str, Any]) -> Iterator[ast.Node]:
    """The statement that an EXECUTE makes, with names in place of its gaps."""
    kind, value = node
    if kind != "PLpgSQL_expr" or value["parseMode"] != _EXPRESSION_MODE:
        return
    made = pglast.parse_sql("select " + value["query"])[0].stmt.targetList[0].val
    if not isinstance(made, ast.FuncCall) or made.funcname[-1].sval != "format":
        return
    text = made.args[0].val.sval if isinstance(made.args[0], ast.A_Const) else ""
    if _IN_PYTHON.match(text):
        text = _TABLE_GAP.sub("outreach.send_attempts", text)
        text = _NAME_GAP.sub("named", text)
        yield pglast.parse_sql(_TEXT_GAP.sub("true", text))[0].stmt


def _raises_again(action: Any) -> bool:
    """Whether a handler is `raise;` alone."""
    if len(action) != 1 or "PLpgSQL_stmt_raise" not in action[0]:
        return False
    return not {"message", "condname", "params"} & set(action[0]["PLpgSQL_stmt_raise"])


@dataclass(frozen=True)
class Query:
    """One SELECT, INSERT, UPDATE or DELETE, without the queries inside it.

    `tables` are the tables of the schema by alias, `names` all aliases in sight, outer
    ones included, and `conditions` what WHERE and ON join by AND.
    """

    node: ast.Node
    outer: "Query | None"
    tables: dict[str, str]
    own_names: frozenset[str]
    conditions: tuple[ast.Node, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        outer = self.outer.names if self.outer else frozenset()
        return self.own_names | outer

    @cached_property
    def parts(self) -> tuple[tuple[ast.Node, tuple[ast.Node, ...]], ...]:
        """Each node of this query with the nodes around it, innermost last."""
        return tuple(_parts(self.node, (), is_top=True))


def queries_of(statement: ast.Node) -> list[Query]:
    """The queries of a statement, outer ones first."""
    found: list[Query] = []
    _collect(statement, None, found)
    return found


def _collect(node: Any, outer: Query | None, found: list[Query]) -> None:
    if isinstance(node, _QUERIES) and not _is_set_operation(node):
        outer = _query(node, outer)
        found.append(outer)
    for child in children(node):
        _collect(child, outer, found)


def _is_set_operation(node: ast.Node) -> bool:
    return isinstance(node, ast.SelectStmt) and node.op != SetOperation.SETOP_NONE


def children(node: Any) -> Iterator[Any]:
    """The nodes directly inside a node or a tuple of nodes."""
    if isinstance(node, tuple):
        yield from (child for child in node if isinstance(child, tuple | ast.Node))
    elif isinstance(node, ast.Node):
        values = (getattr(node, name) for name in node)
        yield from (value for value in values if isinstance(value, tuple | ast.Node))


def _parts(
    node: Any, around: tuple[ast.Node, ...], *, is_top: bool = False
) -> Iterator[tuple[ast.Node, tuple[ast.Node, ...]]]:
    if isinstance(node, _QUERIES) and not is_top:
        return
    if isinstance(node, ast.Node):
        yield node, around
        around = (*around, node)
    for child in children(node):
        yield from _parts(child, around)


def _query(node: ast.Node, outer: Query | None) -> Query:
    sources = [
        source
        for name in ("relation", "fromClause", "usingClause")
        for source in _as_tuple(getattr(node, name, None))
    ]
    if isinstance(node, ast.InsertStmt):
        sources = []
    conditions = list(_conjuncts(getattr(node, "whereClause", None)))
    items: list[ast.Node] = []
    while sources:
        source = sources.pop()
        if isinstance(source, ast.JoinExpr):
            sources += [source.larg, source.rarg]
            conditions += _conjuncts(source.quals)
        else:
            items.append(source)
    tables = {
        _alias(item): item.relname
        for item in items
        if isinstance(item, ast.RangeVar) and item.schemaname == "outreach"
    }
    names = frozenset(filter(None, map(_alias, items)))
    return Query(node, outer, tables, names, tuple(conditions))


def _as_tuple(value: Any) -> tuple[ast.Node, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _alias(item: Any) -> str:
    alias = getattr(item, "alias", None)
    if alias is not None:
        return str(alias.aliasname)
    return str(item.relname) if isinstance(item, ast.RangeVar) else ""


def _conjuncts(condition: Any) -> Iterator[ast.Node]:
    if condition is None:
        return
    if isinstance(condition, ast.BoolExpr) and condition.boolop.name == "AND_EXPR":
        for part in condition.args:
            yield from _conjuncts(part)
    else:
        yield condition
