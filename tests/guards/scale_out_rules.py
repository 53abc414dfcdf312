"""What SQL has to avoid so that the same files run on Citus, rule by rule.

Belongs here: judging parsed functions. Does not: reading files (sql_functions) or a
catalog (scale_out_catalog).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from pglast import ast
from pglast.enums import A_Expr_Kind, OnConflictAction, SubLinkType

from tests.guards.sql_functions import Query, SqlFile, SqlFunction, queries_of

_TRIGGER_NAMES = {"tg_table_name", "tg_table_schema", "tg_relid", "tg_relname"}
_TRANSACTION_NAMES = {"xmin", "xmax", "cmin", "cmax", "ctid"}
_TRANSACTION_CALLS = {
    "txid_current",
    "txid_current_if_assigned",
    "pg_current_xact_id",
    "pg_current_xact_id_if_assigned",
    "pg_current_snapshot",
}
# An error of these classes is the planner's or the code's, never a row's.
_RAISED_AGAIN = {"feature_not_supported", "syntax_error_or_access_rule_violation"}
_WRITES = (ast.UpdateStmt, ast.DeleteStmt)
# A moment becomes one of these by the time zone of the session, or is read by it.
_ZONED_TYPES = frozenset({"date", "time", "timestamp", "timestamptz"})


@dataclass(frozen=True)
class Violation:
    """A place that breaks a rule."""

    rule: str
    domain: str
    path: str
    function: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}: {self.function}: {self.what}"


@dataclass(frozen=True)
class Surroundings:
    """What a rule has to know beside the function that it judges.

    `cross_workspace` are the functions that read many workspaces by intent,
    `volatility` maps the name of each function of the server to "i", "s" or "v",
    `many_writers` are those of them that write, `tenant_views` are views of tenant
    tables with queries inside, which are in `tenant_tables` too, `transition_tables`
    the names that triggers give to the rows of a statement, and `mart_functions` those
    that read marts.
    """

    tenant_tables: frozenset[str]
    reading_functions: frozenset[str]
    volatility: dict[str, str] = field(default_factory=dict)
    cross_workspace: frozenset[str] = frozenset()
    many_writers: frozenset[str] = frozenset()
    tenant_views: frozenset[str] = frozenset()
    transition_tables: frozenset[str] = frozenset()
    mart_functions: frozenset[str] = frozenset()


# What a new column of a spread table cannot have: numbers of a sequence at all, and a
# constraint in the same command.
_SERIALS = frozenset(
    {"smallserial", "serial", "bigserial", "serial2", "serial4", "serial8"}
)
_APART = frozenset(
    {"CONSTR_CHECK", "CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_FOREIGN"}
)

# They are on the coordinator alone, where dbt builds.
_MART_SCHEMAS = ("analytics", "analytics_intermediate")

Rule = Callable[[SqlFunction, Surroundings], Iterator[str]]


def violations_of(files: list[SqlFile], around: Surroundings) -> list[Violation]:
    """Every place in these files that breaks a rule."""
    found = []
    for file in files:
        for function in file.functions:
            for rule, judge in RULES.items():
                found += [
                    Violation(rule, function.domain, function.path, function.name, what)
                    for what in dict.fromkeys(judge(function, around))
                ]
        found += [
            Violation("one subcommand", file.domain, file.path, "alter table", what)
            for what in _alter_tables(file)
        ]
    return found


def functions_that_read(
    files: list[SqlFile], tenant_tables: frozenset[str]
) -> frozenset[str]:
    """The functions that read or write a tenant table, directly or by calls."""
    return _with_callers(files, lambda one: bool(_own_tables(one) & tenant_tables))


def functions_that_read_marts(files: list[SqlFile]) -> frozenset[str]:
    """The functions that read a model of dbt, directly or by calls."""
    return _with_callers(files, lambda one: bool(_own_tables(one, *_MART_SCHEMAS)))


def _with_callers(
    files: list[SqlFile], is_meant: Callable[[SqlFunction], bool]
) -> frozenset[str]:
    functions = [function for file in files for function in file.functions]
    calls = {function.name: _called_names(function) for function in functions}
    reading = {function.name for function in functions if is_meant(function)}
    while True:
        more = {name for name, called in calls.items() if called & reading} - reading
        if not more:
            return frozenset(reading)
        reading |= more


def called_functions(function: SqlFunction) -> set[str]:
    """The functions of the schema that a function calls itself."""
    return _called_names(function)


def written_tables(function: SqlFunction) -> set[str]:
    """The tables of the schema that a function writes itself."""
    return {
        query.node.relation.relname
        for query in function.queries
        if isinstance(query.node, ast.InsertStmt | ast.UpdateStmt | ast.DeleteStmt)
        and query.node.relation.schemaname == "outreach"
    }


def _own_tables(function: SqlFunction, *schemas: str) -> set[str]:
    return {
        node.relname
        for query in function.queries
        for node, _ in query.parts
        if isinstance(node, ast.RangeVar)
        and node.schemaname in (schemas or ("outreach",))
    }


def _called_names(function: SqlFunction) -> set[str]:
    return {
        node.funcname[-1].sval
        for query in function.queries
        for node, _ in query.parts
        if isinstance(node, ast.FuncCall) and node.funcname[0].sval == "outreach"
    }


def _language(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    if function.language == "sql" and function.argument_count:
        for table in sorted(_own_tables(function) & around.tenant_tables):
            yield f"is language sql with arguments and reads {table}; use plpgsql"


def _exists(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for query in function.queries:
        for node, _ in query.parts:
            if (
                isinstance(node, ast.SubLink)
                and node.subLinkType == SubLinkType.EXISTS_SUBLINK
                and isinstance(node.subselect, ast.SelectStmt)
                and not node.subselect.targetList
                and not node.subselect.op
            ):
                yield "writes exists (select from …); write exists (select 1 from …)"


def _workspace(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    if function.name in around.cross_workspace:
        return
    for query in function.queries:
        named = {alias for part in query.conditions for alias in _pinned(part, query)}
        for alias, table in query.tables.items():
            if table in around.tenant_tables and alias not in named:
                yield (
                    f"reads {table} without {alias}.workspace_id = <parameter> of its "
                    "own in that query"
                )


def _pinned(condition: ast.Node, query: Query) -> Iterator[str]:
    """The aliases whose workspace_id a condition compares with a given value."""
    if not isinstance(condition, ast.A_Expr) or _operator(condition) != "=":
        return
    if condition.kind != A_Expr_Kind.AEXPR_OP:
        return
    for left, right in _compared(condition.lexpr, condition.rexpr):
        for column, value in ((left, right), (right, left)):
            fields = _fields(column)
            if fields[1:] == ["workspace_id"] and _is_given(value, query):
                yield fields[0]


def _compared(left: ast.Node, right: ast.Node) -> Iterator[tuple[ast.Node, ast.Node]]:
    if isinstance(left, ast.RowExpr) and isinstance(right, ast.RowExpr):
        yield from zip(left.args, right.args, strict=False)
    else:
        yield left, right


def _is_given(value: ast.Node, query: Query) -> bool:
    """Whether a value comes from outside the query: a parameter or a variable."""
    for node in _tree(value):
        if isinstance(node, ast.SubLink):
            return False
        fields = _fields(node)
        if fields and (fields[0] in query.names or fields == ["workspace_id"]):
            return False
    return True


def _whole_rows(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for query in function.queries:
        rows = {a for a, t in _tables_in_sight(query).items() if _is_tenant(t, around)}
        for node, outer in query.parts:
            fields = _fields(node)
            if not fields or fields[0] not in rows:
                continue
            inside = outer[-1]
            if len(fields) == 1:
                yield f"uses the row {fields[0]}; write row({fields[0]}.*)::outreach.…"
            elif fields[1:] == ["*"] and isinstance(inside, ast.FuncCall):
                yield f"passes {fields[0]}.*; write row({fields[0]}.*)::outreach.…"
            elif (
                fields[1:] == ["*"]
                and isinstance(inside, ast.RowExpr)
                and not isinstance(outer[-2], ast.TypeCast)
            ):
                yield f"leaves row({fields[0]}.*) without its type"


def _tables_in_sight(query: Query) -> dict[str, str]:
    outer = _tables_in_sight(query.outer) if query.outer else {}
    return {k: v for k, v in outer.items() if k not in query.own_names} | query.tables


def _is_tenant(table: str, around: Surroundings) -> bool:
    return table in around.tenant_tables


def _values(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for query in function.queries:
        if not isinstance(query.node, ast.InsertStmt):
            continue
        source = query.node.selectStmt
        if source is None or not source.valuesLists:
            continue
        if any(isinstance(node, ast.SubLink) for node in _tree(source.valuesLists)):
            yield f"has a sub-select in VALUES for {query.node.relation.relname}"
        if any(
            isinstance(node, ast.CaseExpr) and node.arg is not None
            for node in _tree(source.valuesLists)
        ):
            yield "writes case <value> when in VALUES; decide in a statement before"


def _volatile_writes(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for query in function.queries:
        if (
            isinstance(query.node, ast.UpdateStmt)
            and query.node.fromClause
            and "nextval" in _unstable_calls(_tree(query.node.targetList), around, "v")
        ):
            yield "calls nextval() in an UPDATE that joins; number the rows apart"
        if isinstance(query.node, _WRITES):
            table = query.node.relation
            if table.schemaname == "outreach" and table.relname in around.tenant_tables:
                yield from _volatile_parts(query, around)
        if isinstance(query.node, ast.InsertStmt):
            clause = query.node.onConflictClause
            if _is_tenant(query.node.relation.relname, around) and clause:
                for name in _unstable_calls(_tree(clause), around, "sv"):
                    yield f"calls {name}() in DO UPDATE; use excluded or a variable"
                if any(
                    isinstance(node, ast.SQLValueFunction) for node in _tree(clause)
                ):
                    yield "asks for a session's value in DO UPDATE; use a variable"


def _volatile_parts(query: Query, around: Surroundings) -> Iterator[str]:
    verb = "UPDATE" if isinstance(query.node, ast.UpdateStmt) else "DELETE"
    for node, outer in query.parts:
        if any(
            isinstance(one, ast.RangeFunction | ast.CommonTableExpr) for one in outer
        ):
            continue
        for name in _unstable_calls([node], around, "v"):
            yield f"calls the volatile {name}() in {verb}; pass its value"
        if _reads_column(node, query):
            for name in _unstable_calls([node], around, "s"):
                yield f"calls the stable {name}() over a column in {verb}"
            if _is_interval_sum(node):
                yield f"adds an interval to a column in {verb}"
            if _is_cast_by_zone(node):
                yield f"casts a column by the session's time zone in {verb}"


def _dynamic_writes(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for statement in function.dynamic:
        for query in queries_of(statement):
            if not isinstance(query.node, _WRITES):
                continue
            for node, outer in query.parts:
                if any(isinstance(one, ast.CommonTableExpr) for one in outer):
                    continue
                if any(isinstance(part, ast.ColumnRef) for part in _tree(node)):
                    for name in _unstable_calls([node], around, "sv"):
                        yield f"calls {name}() over a column in a statement of format()"


def _unstable_calls(
    nodes: Iterator[ast.Node] | list[ast.Node], around: Surroundings, kinds: str
) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.FuncCall):
            name = node.funcname[-1].sval
            if around.volatility.get(name, "i") in kinds:
                yield name


def _reads_column(node: ast.Node, query: Query) -> bool:
    return any(
        _fields(part)[:1] and _fields(part)[0] in query.own_names
        for part in _tree(node)
    )


def _is_interval_sum(node: ast.Node) -> bool:
    if not isinstance(node, ast.A_Expr) or _operator(node) not in ("+", "-"):
        return False
    sides = [side for side in (node.lexpr, node.rexpr) if side is not None]
    return any(_is_interval(side) for side in sides)


def _is_interval(node: ast.Node) -> bool:
    if isinstance(node, ast.TypeCast):
        return bool(node.typeName.names[-1].sval == "interval")
    if isinstance(node, ast.FuncCall):
        return node.funcname[-1].sval in ("make_interval", "exact_span")
    return False


def _is_cast_by_zone(node: ast.Node) -> bool:
    """Whether the value of a cast may depend on the session's time zone."""
    return isinstance(node, ast.TypeCast) and (
        node.typeName.names[-1].sval in _ZONED_TYPES
    )


def _laterals(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for query in function.queries:
        for node, _ in query.parts:
            if (
                isinstance(node, ast.RangeSubselect)
                and node.lateral
                and node.subquery.limitOffset is not None
            ):
                if _is_inserted(query):
                    yield "has a lateral with offset 0 inside INSERT … SELECT"
                elif _reads_a_cte(query):
                    yield "has a lateral with offset 0 on a CTE"


def _is_inserted(query: Query | None) -> bool:
    while query is not None:
        if isinstance(query.node, ast.InsertStmt):
            return True
        query = query.outer
    return False


def _reads_a_cte(query: Query) -> bool:
    defined: set[str] = set()
    around: Query | None = query
    while around is not None:
        clause = getattr(around.node, "withClause", None)
        defined |= {cte.ctename for cte in clause.ctes} if clause else set()
        around = around.outer
    return any(
        isinstance(node, ast.RangeVar)
        and node.schemaname is None
        and node.relname in defined
        for node, _ in query.parts
    )


def _arrays(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for statement in function.assigned:
        for query in queries_of(statement):
            for node, _ in query.parts:
                if (
                    isinstance(node, ast.SubLink)
                    and node.subLinkType == SubLinkType.ARRAY_SUBLINK
                    and any(isinstance(p, ast.RowExpr) for p in _tree(node.subselect))
                ):
                    yield "assigns array(select <row>); use select … into"


def _calls_per_row(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for queries in function.queries_by_statement:
        tables = {table for query in queries for table in query.tables.values()}
        if not tables & around.tenant_tables:
            continue
        for query in queries:
            for call in _reading_calls(query, around):
                name = call.funcname[-1].sval
                if _names_a_row(call, query):
                    yield f"calls {name}(), which reads tables, for each row"
                elif any(isinstance(p, ast.SubLink) for p in _tree(call.args or ())):
                    yield f"passes a sub-select to {name}(); look it up before"


def _sub_selects(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    if not _own_tables(function) & around.tenant_tables:
        return
    for query in function.queries:
        if not _is_an_expression(query):
            continue
        tables = [
            part for part, _ in query.parts if isinstance(part, ast.RangeFunction)
        ]
        for call in _reading_calls(query, around):
            is_table = any(call is part for one in tables for part in _tree(one))
            if is_table and _names_a_row(call, query):
                name = call.funcname[-1].sval
                yield f"asks {name}() of a row in a sub-select; ask it in a CTE before"


def _functions_of_marts(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    """A look through all workspaces asks its functions on the coordinator."""
    if function.name in around.cross_workspace:
        return
    for queries in function.queries_by_statement:
        tables = {table for query in queries for table in query.tables.values()}
        if not tables & around.tenant_tables:
            continue
        for query in queries:
            for node, _ in query.parts:
                if isinstance(node, ast.FuncCall) and (
                    node.funcname[-1].sval in around.mart_functions
                ):
                    yield (
                        f"asks {node.funcname[-1].sval}(), which reads marts, beside "
                        "tables; ask it in a statement before"
                    )


def _is_an_expression(query: Query) -> bool:
    """Whether it is a sub-select of an expression, and no table of FROM."""
    return query.outer is not None and any(
        isinstance(part, ast.SubLink) and part.subselect is query.node
        for part, _ in query.outer.parts
    )


def _reading_calls(query: Query, around: Surroundings) -> Iterator[ast.FuncCall]:
    for node, _ in query.parts:
        if (
            isinstance(node, ast.FuncCall)
            and node.funcname[0].sval == "outreach"
            and node.funcname[-1].sval in around.reading_functions
        ):
            yield node


def _names_a_row(node: ast.FuncCall, query: Query) -> bool:
    fields = (_fields(part) for part in _tree(node.args or ()))
    return any(found and found[0] in query.names for found in fields)


def _engine_words(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for query in function.queries:
        for node, _ in query.parts:
            name = _fields(node)[-1:] if isinstance(node, ast.ColumnRef) else []
            if name and name[0] in _TRIGGER_NAMES:
                yield f"uses {name[0]}, which names a shard"
            elif name and name[0] in _TRANSACTION_NAMES:
                yield f"uses {name[0]}, which belongs to one node"
            elif isinstance(node, ast.FuncCall):
                called = node.funcname[-1].sval
                if called in _TRANSACTION_CALLS or called == "pg_notify":
                    yield f"calls {called}(), which belongs to one node"
    for statement in function.statements:
        if isinstance(statement, ast.NotifyStmt):
            yield "uses NOTIFY, which belongs to one node"
        elif isinstance(statement, ast.ConstraintsSetStmt):
            yield "uses SET CONSTRAINTS, which does nothing on a worker"


def _handlers(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    raised: set[str] = set()
    for names, raises_again in function.handlers:
        if "others" in names:
            if not raised >= _RAISED_AGAIN:
                yield (
                    "catches others without raising "
                    f"{' or '.join(sorted(_RAISED_AGAIN))} again"
                )
            raised = set()
        elif raises_again:
            raised |= set(names)
        elif hidden := _RAISED_AGAIN & set(names):
            yield f"catches {' and '.join(sorted(hidden))} without raising it again"


def _locks(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    if function.name not in around.cross_workspace:
        return
    for query in function.queries:
        locks = any(isinstance(node, ast.LockingClause) for node, _ in query.parts)
        if locks and around.tenant_tables & set(query.tables.values()):
            yield "reads many workspaces and locks rows"


def _insert_locks(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for query in function.queries:
        if _is_inserted(query) and any(
            isinstance(node, ast.LockingClause) for node, _ in query.parts
        ):
            yield "locks rows inside INSERT … SELECT; lock them in a statement before"


def _inserted_look_ups(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for query in function.queries:
        if not _is_inserted(query.outer):
            continue
        for node, _ in query.parts:
            if (
                isinstance(node, ast.RangeSubselect)
                and node.lateral
                and _tables_inside(node) & around.tenant_tables
            ):
                yield "looks rows up by a lateral inside INSERT … SELECT"


def _counted_inserts(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for statement in function.statements:
        if not isinstance(statement, ast.InsertStmt) or not statement.onConflictClause:
            continue
        if (
            statement.onConflictClause.action == OnConflictAction.ONCONFLICT_NOTHING
            and not statement.selectStmt.valuesLists
            and (statement.returningClause or statement in function.counted)
        ):
            yield (
                f"counts the rows of an INSERT … SELECT … DO NOTHING into "
                f"{statement.relation.relname}, where those that conflict count too; "
                "count what a CTE returns"
            )


def _tables_inside(node: ast.Node) -> set[str]:
    return {
        part.relname
        for part in _tree(node)
        if isinstance(part, ast.RangeVar) and part.schemaname == "outreach"
    }


def _views(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    if function.name in around.cross_workspace:
        return
    for query in function.queries:
        if query.outer is None or not query.outer.own_names or not _is_nested(query):
            continue
        for table in sorted(set(query.tables.values()) & around.tenant_views):
            yield (
                f"reads the view {table} inside another query; its own sub-queries see "
                "no workspace there"
            )


def _is_nested(query: Query) -> bool:
    """Whether a query runs for each row of the query around it."""
    return query.outer is not None and any(
        (isinstance(node, ast.SubLink) and node.subselect is query.node)
        or (
            isinstance(node, ast.RangeSubselect)
            and node.lateral
            and node.subquery is query.node
        )
        for node, _ in query.outer.parts
    )


def _transitions(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for queries in function.queries_by_statement:
        tables = {table for query in queries for table in query.tables.values()}
        names = {
            node.relname
            for query in queries
            for node, _ in query.parts
            if isinstance(node, ast.RangeVar) and node.schemaname is None
        }
        if tables & around.tenant_tables and names & around.transition_tables:
            yield (
                "reads a transition table beside tables; take its rows into an array "
                "in a statement before"
            )


def _many_workspaces(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    """A transaction stays inside one workspace: only a look goes through all."""
    if function.name not in around.cross_workspace - around.many_writers:
        return
    for query in function.queries:
        if isinstance(query.node, ast.InsertStmt | ast.UpdateStmt | ast.DeleteStmt):
            table = query.node.relation
            if table.schemaname == "outreach" and table.relname in around.tenant_tables:
                yield f"reads many workspaces and writes {table.relname}"


def _functions_in_writes(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    """A write of all workspaces takes rows of a table or a CTE, not of a function."""
    if function.name not in around.cross_workspace:
        return
    for query in function.queries:
        if not _is_written(query):
            continue
        for node, _ in query.parts:
            if isinstance(node, ast.RangeFunction):
                called = next(_calls(node))
                if around.volatility.get(called, "i") in "sv":
                    yield f"reads {called}() in a write of all workspaces; take a CTE"


def _temporary_joins(function: SqlFunction, around: Surroundings) -> Iterator[str]:
    for query in function.queries:
        if (
            not isinstance(query.node, ast.UpdateStmt)
            or query.node.relation.schemaname != "pg_temp"
        ):
            continue
        spread = sum(_is_tenant(each, around) for each in query.tables.values())
        if spread > 1 or (
            spread and any(isinstance(n, ast.RangeFunction) for n, _ in query.parts)
        ):
            yield (
                f"joins {query.node.relation.relname} with several spread tables, or "
                "with one and a function, in an UPDATE; join those in a CTE"
            )


def _is_written(query: Query | None) -> bool:
    while query is not None:
        if isinstance(query.node, _WRITES):
            return True
        query = query.outer
    return False


def _calls(node: ast.Node) -> Iterator[str]:
    for part in _tree(node):
        if isinstance(part, ast.FuncCall):
            yield part.funcname[-1].sval


def transition_tables_of(files: list[SqlFile]) -> frozenset[str]:
    """The names that the triggers of these files give to a statement's rows."""
    return frozenset(
        transition.name
        for file in files
        for statement in file.statements
        if isinstance(statement, ast.CreateTrigStmt)
        for transition in statement.transitionRels or ()
    )


def _alter_tables(file: SqlFile) -> Iterator[str]:
    for statement in file.statements:
        if isinstance(statement, ast.AlterTableStmt) and len(statement.cmds) > 1:
            yield "has more than one subcommand; write a statement for each"


def migration_violations(file: SqlFile) -> list[Violation]:
    """What a migration does that tables of a cluster refuse, once they are spread."""
    found = [("one subcommand", what) for what in _alter_tables(file)]
    for statement in file.statements:
        if isinstance(statement, ast.AlterTableStmt):
            for command in statement.cmds:
                if isinstance(command.def_, ast.ColumnDef):
                    found += [("added columns", w) for w in _added(command.def_)]
        elif isinstance(statement, ast.DropStmt) and len(statement.objects) > 1:
            found.append(("one object", "drops several; write a statement for each"))
    return [
        Violation(rule, file.domain, file.path, "migration", what)
        for rule, what in found
    ]


def _added(column: ast.ColumnDef) -> Iterator[str]:
    kinds = {each.contype.name for each in column.constraints or ()}
    name = column.colname
    if "CONSTR_IDENTITY" in kinds or column.typeName.names[-1].sval in _SERIALS:
        yield f"adds {name} with a sequence; make another table, or fill a bigint"
    if kinds & _APART:
        yield f"adds {name} with a key or a check; add the constraint afterwards"


def _operator(node: ast.A_Expr) -> str:
    return str(node.name[-1].sval)


def _fields(node: ast.Node) -> list[str]:
    """The names of a column reference, `*` for all; none for another node."""
    if not isinstance(node, ast.ColumnRef):
        return []
    return [getattr(part, "sval", "*") for part in node.fields]


def _tree(node: ast.Node | tuple[ast.Node, ...]) -> Iterator[ast.Node]:
    if isinstance(node, tuple):
        for part in node:
            yield from _tree(part)
    elif isinstance(node, ast.Node):
        yield node
        for name in node:
            yield from _tree(getattr(node, name))


RULES: dict[str, Rule] = {
    "language": _language,
    "exists": _exists,
    "workspace": _workspace,
    "whole rows": _whole_rows,
    "values": _values,
    "volatile writes": _volatile_writes,
    "dynamic writes": _dynamic_writes,
    "laterals": _laterals,
    "arrays": _arrays,
    "calls per row": _calls_per_row,
    "engine words": _engine_words,
    "handlers": _handlers,
    "locks": _locks,
    "insert locks": _insert_locks,
    "inserted look-ups": _inserted_look_ups,
    "counted inserts": _counted_inserts,
    "views": _views,
    "transition tables": _transitions,
    "many workspaces": _many_workspaces,
    "functions in writes": _functions_in_writes,
    "temporary joins": _temporary_joins,
    "functions in sub-selects": _sub_selects,
    "functions of marts": _functions_of_marts,
}
