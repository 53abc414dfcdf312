"""The build fails on whatever updates an account's status past its function (LL#276).

Every snippet that must be found is also run: the database refuses it. Those that may
stay do run.
"""

import subprocess
import sys

import psycopg
import pytest

from tests.guards.status_writers import WRITER, check_source, check_tree
from tests.support.rows import make_account, make_workspace
from trueup.paths import PROJECT_ROOT

# status-writer: on purpose, each of these must be found
BAD_SQL = {
    "a bare update": "update outreach.linkedin_accounts set status = 'restricted'",
    "upper case": "UPDATE OUTREACH.LINKEDIN_ACCOUNTS SET STATUS = 'restricted'",
    "no schema": (
        "set search_path = outreach; update linkedin_accounts set status = 'restricted'"
    ),
    "quoted identifiers": (
        'update "outreach"."linkedin_accounts" set "status" = \'restricted\''
    ),
    "an alias": "update outreach.linkedin_accounts as a set status = 'restricted'",
    "an alias without as": (
        "update outreach.linkedin_accounts a set status = 'restricted'"
    ),
    "only": "update only outreach.linkedin_accounts set status = 'restricted'",
    "with descendants": (
        "update outreach.linkedin_accounts * set status = 'restricted'"
    ),
    "comments between": (
        "update /* a /* nested */ one */ outreach.linkedin_accounts -- here\n"
        "set -- and here\nstatus = 'restricted'"
    ),
    "another column first": (
        "update outreach.linkedin_accounts set name = 'x, y', status = 'restricted'"
    ),
    "after a case": (
        "update outreach.linkedin_accounts set name = case when true then 'a' end,"
        " status = 'restricted'"
    ),
    "after is distinct from": (
        "update outreach.linkedin_accounts set has_premium = name is distinct from"
        " 'a', status = 'restricted'"
    ),
    "after a subquery": (
        "update outreach.linkedin_accounts set name = (select min(name) from"
        " outreach.workspaces where name <> 'z'), status = 'restricted'"
    ),
    "several columns": (
        "update outreach.linkedin_accounts set (name, status) = ('a', 'restricted')"
    ),
    "several columns as a row": (
        "update outreach.linkedin_accounts set (name, status) = row ('a', 'restricted')"
    ),
    "several columns from a query": (
        "update outreach.linkedin_accounts"
        " set (status, name) = (select 'restricted', 'a')"
    ),
    "from another table": (
        "update outreach.linkedin_accounts as a set status = 'restricted'"
        " from outreach.workspaces as w where w.workspace_id = a.workspace_id"
    ),
    "a common table expression": (
        "with flipped as (update outreach.linkedin_accounts set status = 'restricted'"
        " returning account_id) select count(*) from flipped"
    ),
    "an upsert": (
        "insert into outreach.linkedin_accounts (workspace_id, account_id, name,"
        " timezone) overriding system value select workspace_id, account_id, name,"
        " timezone from outreach.linkedin_accounts on conflict (workspace_id,"
        " account_id) do update set name = 'a', status = 'restricted'"
    ),
    "an upsert with an alias": (
        "insert into outreach.linkedin_accounts as a (workspace_id, account_id, name,"
        " timezone) overriding system value select workspace_id, account_id, name,"
        " timezone from outreach.linkedin_accounts on conflict (workspace_id,"
        " account_id) do update set (name, status) = (excluded.name, 'restricted')"
    ),
    "a merge": (
        "merge into outreach.linkedin_accounts as a using outreach.workspaces as w"
        " on a.workspace_id = w.workspace_id"
        " when matched then update set status = 'restricted'"
    ),
    "a do block": (
        "do $$ begin if true then update outreach.linkedin_accounts"
        " set status = 'restricted'; end if; end $$"
    ),
    "a function's body": (
        "create function pg_temp.f() returns void language plpgsql as $body$ begin"
        " update outreach.linkedin_accounts set status = 'restricted'; end $body$;"
        " select pg_temp.f()"
    ),
    "a function's body in quotes": (
        "create function pg_temp.f() returns void language sql as"
        " 'update outreach.linkedin_accounts set status = ''restricted'''; "
        "select pg_temp.f()"
    ),
    "executed": (
        "do $$ begin execute 'update outreach.linkedin_accounts set status ='"
        " || quote_literal('restricted') || ' where true'; end $$"
    ),
    "executed with names put in": (
        "do $$ begin execute format('update %I.%I set %I = %L', 'outreach',"
        " 'linkedin_accounts', 'status', 'restricted'); end $$"
    ),
    "executed with a name joined": (
        "do $$ begin execute 'update outreach.' || 'linkedin_accounts'"
        " || ' set status = ''restricted'''; end $$"
    ),
    "the second statement": (
        "select 1; update outreach.linkedin_accounts set name = 'a';"
        " update outreach.linkedin_accounts set status = 'restricted'"
    ),
    "the count of flips": "update outreach.linkedin_accounts set status_seq = 9",
}

GOOD_SQL = {
    "another column": "update outreach.linkedin_accounts set name = 'status'",
    "the status only read": (
        "update outreach.linkedin_accounts set name = status where status = 'connected'"
    ),
    "another table's status": "update outreach.campaigns set status = 'paused'",
    "another table with it in from": (
        "update outreach.campaigns as c set status = 'paused'"
        " from outreach.linkedin_accounts as a where a.workspace_id = c.workspace_id"
    ),
    "a row lock": (
        "select status from outreach.linkedin_accounts where status = 'connected'"
        " for no key update"
    ),
    "the function": (
        "select outreach.flip_linkedin_account_status(workspace_id, account_id,"
        " 'restricted', 'a test', 'test') from outreach.linkedin_accounts"
    ),
    "a comment": (
        "-- update outreach.linkedin_accounts set status = 'restricted'\n"
        "/* update outreach.linkedin_accounts set status = 'restricted' */ select 1"
    ),
    "an insert": (
        "insert into outreach.linkedin_accounts (workspace_id, name, timezone, status)"
        " select workspace_id, 'b', 'UTC', 'connecting' from outreach.workspaces"
    ),
    "a trigger on it": (
        "create trigger t after update of status on outreach.linkedin_accounts"
        " for each row when (old.status <> new.status)"
        " execute function outreach.assert_account_status_is_audited()"
    ),
    "an upsert of another column": (
        "insert into outreach.linkedin_accounts (workspace_id, account_id, name,"
        " timezone) overriding system value select workspace_id, account_id, name,"
        " timezone from outreach.linkedin_accounts on conflict (workspace_id,"
        " account_id) do update set name = excluded.status"
    ),
    "a case in an update of another table": (
        "update outreach.campaigns set status = case when name = 'a' then 'paused'"
        " else 'running' end"
    ),
    "another schema's table": (
        "create schema other; create table other.linkedin_accounts (status text);"
        " update other.linkedin_accounts set status = 'restricted'"
    ),
    "a column of another name": (
        "create temporary table linkedin_accounts_seen (status text);"
        " update linkedin_accounts_seen set status = 'x'"
    ),
    "a text": "select 'update the status of linkedin_accounts set by set status'",
    "a foreign key's action": (
        "create temporary table t (status text primary key);"
        " create temporary table u (status text references t on update cascade)"
    ),
}

Q = '"' * 3
# status-writer: on purpose, each of these must be found
BAD_PYTHON = {
    "a constant": "run(\"update outreach.linkedin_accounts set status = 'x'\")",
    "implicit concatenation": (
        "run(\n    'update outreach.linkedin_accounts'\n    ' set name = %s,'\n"
        "    ' status = %s'\n)"
    ),
    "a sum": "run('update outreach.' + 'linkedin_accounts' + ' set status = 1')",
    "an f-string": "run(f'update outreach.linkedin_accounts set status = {status!r}')",
    "an f-string with a constant": (
        "TABLE = 'outreach.linkedin_accounts'\nrun(f'update {TABLE} set status = %s')"
    ),
    "an f-string with a column": (
        "def f(c):\n    run(f'update outreach.linkedin_accounts set {c} = %s')"
    ),
    "a name only known at run time": (
        "T = ['linkedin_accounts', 'x']\nfor t in T:\n"
        "    run(f'update outreach.{t} set status = %s')"
    ),
    "format": "run('update {} set status = 1'.format('linkedin_accounts'))",
    "percent": "run('update %s set status = 1' % 'linkedin_accounts')",
    "psycopg's composition": (
        "run(sql.SQL('update {} set {} = %s').format(\n"
        "    sql.Identifier('outreach', 'linkedin_accounts'),\n"
        "    sql.Identifier('status')))"
    ),
    "joined": "run(' '.join(['update linkedin_accounts', 'set status = 1']))",
    "grown": (
        "def f():\n    q = 'update outreach.linkedin_accounts'\n"
        "    q += ' set status = %s'\n    run(q)"
    ),
    "dedented": (
        f"run(textwrap.dedent({Q}\n    update outreach.linkedin_accounts\n"
        f"    set status = 'x'\n{Q}).strip())"
    ),
    "a default": "def f(q='update linkedin_accounts set status = 1'): ...",
    "a dictionary": "Q = {'flip': 'update linkedin_accounts set status = 1'}",
    "bytes": "run(b'update linkedin_accounts set status = 1')",
    "a decorator": "@d('update linkedin_accounts set status = 1')\ndef f(): ...",
}

# status-writer: on purpose, Python says that nobody runs these
GOOD_PYTHON = {
    "a docstring": (
        f"def f():\n    {Q}Never update linkedin_accounts set status = x.{Q}\n"
    ),
    "a comment": "# update linkedin_accounts set status = 'x'\nx = 1",
    "another table": "run('update outreach.campaigns set status = %s')",
    "another table by name": (
        "def f(t):\n    run(f'update outreach.{t} set status = %s')"
    ),
    "two constants": "a = 'update linkedin_accounts set name = 1'\nb = ', status = 2'",
}

# status-writer: on purpose, each of these must be found
BAD_YML = {
    "a value": "hook: update outreach.linkedin_accounts set status = 'x'",
    "a block": "run: |\n  psql -c \"update linkedin_accounts set status = 'x'\"\n",
    "a folded block": (
        "run: >\n  update outreach.linkedin_accounts\n  set status = 'x'\n"
    ),
    "a list in a list": "a: [[{b: update linkedin_accounts set status = 1}]]",
    "a key": "{update linkedin_accounts set status = 1: x}",
    "a source of dbt's": (
        "pre-hook: \"update {{ source('outreach', 'linkedin_accounts') }}"
        " set status = 'x'\""
    ),
    "a second document": "a: 1\n---\nb: update linkedin_accounts set status = 1\n",
}

# status-writer: on purpose, yml says that nobody runs these
GOOD_YML = {
    "a description": "description: Updates of linkedin_accounts set the status.",
    "a comment": "# update linkedin_accounts set status = 1\na: 1",
    "another column": "hook: update outreach.linkedin_accounts set name = 'status'",
    "an anchor that leads back": "&a [*a]",
}

# status-writer: on purpose, each of these must be found
BAD_JINJA = {
    "a source": (
        "{{ config(pre_hook='x') }} update {{ source('outreach', 'linkedin_accounts')"
        " }} set status = 'x'"
    ),
    "a hook": (
        '{{ config(pre_hook="update outreach.linkedin_accounts set status = 1") }}'
        " select 1"
    ),
    "a macro": (
        "{% macro m() %}update outreach.linkedin_accounts set status = 1{% endmacro %}"
    ),
    "a name of a variable": (
        "{% set t = 'linkedin_accounts' %} update outreach.{{ t }} set status = 1"
    ),
}


def found(kind, source, path="somewhere/file"):
    return check_source(path, kind, source)[0]


def run(connection, snippet):
    """As far as a commit would."""
    connection.execute(snippet)
    connection.execute("set constraints all immediate")


@pytest.fixture
def account(connection):
    workspace_id = make_workspace(connection)
    make_account(connection, workspace_id)
    connection.execute("set constraints all immediate")
    connection.execute("set constraints all deferred")


@pytest.mark.parametrize("snippet", BAD_SQL.values(), ids=BAD_SQL)
def test_sql_that_updates_the_status_is_found_and_refused(connection, account, snippet):
    assert len(found("sql", snippet)) == 1
    with pytest.raises(psycopg.errors.CheckViolation):
        run(connection, snippet)


@pytest.mark.parametrize("snippet", GOOD_SQL.values(), ids=GOOD_SQL)
def test_sql_that_leaves_the_status_alone_is_let_through_and_runs(
    connection, account, snippet
):
    assert found("sql", snippet) == []
    run(connection, snippet)


@pytest.mark.parametrize("snippet", BAD_PYTHON.values(), ids=BAD_PYTHON)
def test_python_that_updates_the_status_is_found(snippet):
    assert found("python", snippet) != []


@pytest.mark.parametrize("snippet", GOOD_PYTHON.values(), ids=GOOD_PYTHON)
def test_python_that_leaves_the_status_alone_is_let_through(snippet):
    assert found("python", snippet) == []


@pytest.mark.parametrize("snippet", BAD_YML.values(), ids=BAD_YML)
def test_yml_that_updates_the_status_is_found(snippet):
    assert len(found("yml", snippet)) == 1


@pytest.mark.parametrize("snippet", GOOD_YML.values(), ids=GOOD_YML)
def test_yml_that_leaves_the_status_alone_is_let_through(snippet):
    assert found("yml", snippet) == []


@pytest.mark.parametrize("snippet", BAD_JINJA.values(), ids=BAD_JINJA)
def test_jinja_that_updates_the_status_is_found(snippet):
    assert found("sql", snippet) != []


UPDATE = BAD_SQL["a bare update"]


@pytest.mark.parametrize(
    ("kind", "source", "line"),
    [
        ("sql", f"select 1;\n\n{UPDATE}", 3),
        ("sql", f"do $$\nbegin\n    {UPDATE};\nend $$", 3),
        ("python", f"x = 1\nrun(\n    '''\n    {UPDATE}\n    '''\n)", 4),
        ("yml", f"a: 1\nb: |\n  select 1;\n  {UPDATE}\n", 4),
        ("shell", f'#!/bin/sh\n# {UPDATE}\npsql -c "{UPDATE}"\n', 3),
    ],
)
def test_a_finding_names_its_line(kind, source, line):
    (finding,) = found(kind, source)
    assert finding.line == line
    assert "flip_linkedin_account_status() with actor and reason" in finding.what


@pytest.mark.parametrize(
    ("path", "source", "lines"),
    [
        ("tests/test_x.py", f'# MARK\nrun("{UPDATE}")', []),
        ("tests/test_x.py", f'run("{UPDATE}")  # MARK', []),
        ("tests/test_x.py", f'# MARK\n# of more lines\nrun(\n    "{UPDATE}"\n)', []),
        ("tests/test_x.py", f'run("{UPDATE}")\n# MARK', [1, 2]),
        ("tests/test_x.py", f'# MARK\nx = 1\nrun("{UPDATE}")', [1, 3]),
        ("tests/test_x.py", "# MARK\nx = 1", [1]),
        ("tests/test_x.py", f'run("{UPDATE}")  # status-writer: on purpose,', [1]),
        ("scripts/bench/x.py", f'# MARK\nrun("{UPDATE}")', []),
        ("scripts/heal_x.py", f'# MARK\nrun("{UPDATE}")', [2]),
        ("dagster_project/x.py", f'# MARK\nrun("{UPDATE}")', [2]),
    ],
)
def test_a_mark_excuses_only_what_stands_under_it_and_only_in_tests(
    path, source, lines
):
    marked = source.replace("MARK", "status-writer: on purpose, it is a test")
    assert [one.line for one in sorted(found("python", marked, path))] == lines


def test_the_function_itself_may_update_once():
    text = (PROJECT_ROOT / WRITER).read_text()
    assert found("sql", text, WRITER) == []
    assert len(found("sql", text, "sql/functions/another.sql")) == 1
    assert len(found("sql", f"{text}\n{UPDATE};", WRITER)) == 1


@pytest.mark.parametrize(
    ("kind", "source"), [("python", "def ("), ("yml", "a: [b"), ("yml", "\t- a")]
)
def test_a_file_that_cannot_be_read_is_a_finding(kind, source):
    (finding,) = found(kind, source)
    assert "so nobody can tell" in finding.what


def test_the_tree_has_no_other_writer():
    check = check_tree(PROJECT_ROOT)
    assert [str(finding) for finding in check.findings] == []
    assert check.files > 300
    assert check.marked > 10


def test_the_script_fails_on_a_tree_with_a_writer(tmp_path):
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".ci" / "run").write_text(f'#!/bin/sh\npsql -c "{UPDATE}"\n')
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "unread.sql").write_text(UPDATE)

    ran = subprocess.run(
        [sys.executable, "-m", "tests.guards", tmp_path],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert ran.stderr.startswith(".ci/run:2: updates outreach.linkedin_accounts.status")
    assert "1 files read, 1 findings" in ran.stdout
    assert "Not read: .git" in ran.stdout
