"""A status flip has its audit row (design rule 1, LL#276)."""

import psycopg
import pytest
from psycopg.errors import CheckViolation

from tests.support.rows import flip, make_account, make_workspace


@pytest.fixture
def account(connection):
    workspace_id = make_workspace(connection)
    account_id = make_account(connection, workspace_id, "Dipti", status="connecting")
    connection.execute("set constraints all immediate")
    connection.execute("set constraints all deferred")
    return workspace_id, account_id


def check_now(connection):
    connection.execute("set constraints all immediate")


def audit_rows(connection, account):
    return connection.execute(
        "select status_seq, from_status, to_status from"
        " outreach.linkedin_account_status_audit"
        " where workspace_id = %s and account_id = %s order by status_seq",
        account,
    ).fetchall()


def test_a_flip_writes_its_audit_row(connection, account):
    assert flip(connection, *account, "connected") == 1
    check_now(connection)
    assert audit_rows(connection, account) == [
        (0, None, "connecting"),
        (1, "connecting", "connected"),
    ]


def test_a_flip_to_the_same_status_is_no_flip(connection, account):
    assert flip(connection, *account, "connecting") is None
    check_now(connection)
    assert len(audit_rows(connection, account)) == 1


def test_a_bare_update_fails_and_says_what_to_call(connection, account):
    # status-writer: on purpose, a bare update must be refused
    connection.execute(
        "update outreach.linkedin_accounts set status = 'connected'"
        " where workspace_id = %s and account_id = %s",
        account,
    )
    with pytest.raises(CheckViolation) as failure:
        check_now(connection)
    said = str(failure.value)
    assert failure.value.sqlstate == "23514"
    assert f"LinkedIn account {account[1]} (Dipti)" in said
    assert "from connecting to connected" in said
    assert "outreach.flip_linkedin_account_status()" in said


def test_a_bare_merge_fails(connection, account):
    # status-writer: on purpose, a bare update must be refused
    connection.execute(
        "merge into outreach.linkedin_accounts as accounts"
        " using (values (%s::bigint, %s::bigint)) as wanted (workspace_id, account_id)"
        " on accounts.workspace_id = wanted.workspace_id"
        " and accounts.account_id = wanted.account_id"
        " when matched then update set status = 'connected'",
        account,
    )
    with pytest.raises(CheckViolation):
        check_now(connection)


def test_a_bare_upsert_fails(connection, account):
    # status-writer: on purpose, a bare update must be refused
    connection.execute(
        "insert into outreach.linkedin_accounts (workspace_id, account_id, name,"
        " timezone) overriding system value values (%s, %s, 'Dipti', 'UTC')"
        " on conflict (workspace_id, account_id) do update set status = 'connected'",
        account,
    )
    with pytest.raises(CheckViolation):
        check_now(connection)


def test_copy_then_update_fails(connection, account):
    connection.execute(
        "create temporary table wanted (account_id bigint, status text) on commit drop"
    )
    with connection.cursor().copy("copy wanted from stdin") as copy:
        copy.write_row([account[1], "connected"])
    # status-writer: on purpose, a bare update must be refused
    connection.execute(
        "update outreach.linkedin_accounts as accounts set status = wanted.status"
        " from wanted where accounts.account_id = wanted.account_id"
    )
    with pytest.raises(CheckViolation):
        check_now(connection)


def test_two_flips_of_an_account_in_one_transaction_have_two_rows(connection, account):
    flip(connection, *account, "connected")
    flip(connection, *account, "connecting")
    check_now(connection)
    assert [row[0] for row in audit_rows(connection, account)] == [0, 1, 2]


def test_a_bare_flip_and_back_fails_although_nothing_changed(connection, account):
    for status in ("connected", "connecting"):
        # status-writer: on purpose, a bare update must be refused
        connection.execute(
            "update outreach.linkedin_accounts set status = %s"
            " where workspace_id = %s and account_id = %s",
            [status, *account],
        )
    with pytest.raises(CheckViolation):
        check_now(connection)


def test_a_flip_in_a_rolled_back_savepoint_leaves_nothing(connection, account):
    with connection.transaction(force_rollback=True):
        flip(connection, *account, "connected")
    flip(connection, *account, "disconnected")
    check_now(connection)
    assert audit_rows(connection, account)[1:] == [(1, "connecting", "disconnected")]


def test_an_audit_row_in_a_rolled_back_savepoint_does_not_count(connection, account):
    # status-writer: on purpose, a bare update must be refused
    connection.execute(
        "update outreach.linkedin_accounts set status = 'connected'"
        " where workspace_id = %s and account_id = %s",
        account,
    )
    with connection.transaction(force_rollback=True):
        insert_audit_row(connection, account, 1, "connecting", "connected")
    with pytest.raises(CheckViolation):
        check_now(connection)


def insert_audit_row(connection, account, status_seq, from_status, to_status):
    connection.execute(
        "insert into outreach.linkedin_account_status_audit values"
        " (%s, %s, %s, %s, %s, 'a test', 'test', now())",
        [*account, status_seq, from_status, to_status],
    )


@pytest.mark.parametrize(
    ("status_seq", "from_status", "to_status"),
    [(1, "connecting", "connected"), (7, "connected", "disconnected")],
)
def test_an_audit_row_without_its_flip_fails(
    connection, account, status_seq, from_status, to_status
):
    insert_audit_row(connection, account, status_seq, from_status, to_status)
    with pytest.raises(CheckViolation, match="has no flip"):
        check_now(connection)


def test_an_audit_row_with_another_status_than_the_flip_fails(connection, account):
    # status-writer: on purpose, a bare update must be refused
    connection.execute(
        "update outreach.linkedin_accounts set status = 'connected'"
        " where workspace_id = %s and account_id = %s",
        account,
    )
    insert_audit_row(connection, account, 1, "connecting", "disconnected")
    with pytest.raises(CheckViolation):
        check_now(connection)


def test_an_update_with_its_audit_row_written_by_hand_passes(connection, account):
    insert_audit_row(connection, account, 1, "connecting", "connected")
    # status-writer: on purpose, a bare update must be refused
    connection.execute(
        "update outreach.linkedin_accounts set status = 'connected'"
        " where workspace_id = %s and account_id = %s",
        account,
    )
    check_now(connection)


def test_status_seq_is_not_written_by_hand(connection, account):
    with pytest.raises(CheckViolation, match="was set by a statement"):
        # status-writer: on purpose, a bare update must be refused
        connection.execute(
            "update outreach.linkedin_accounts set status_seq = 5"
            " where workspace_id = %s and account_id = %s",
            account,
        )


def test_audit_rows_are_neither_changed_nor_deleted(connection, account):
    table = "outreach.linkedin_account_status_audit"
    for statement in (
        f"update {table} set reason = 'x'",
        f"delete from {table}",
        f"truncate {table}",
    ):
        with (
            pytest.raises(CheckViolation, match="append-only"),
            connection.transaction(),
        ):
            connection.execute(statement)


@pytest.mark.parametrize("role", ["sender", "operator"])
def test_no_role_may_update_the_status(connection, account, role):
    connection.execute(psycopg.sql.SQL("set local role {}").format(_name(role)))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        # status-writer: on purpose, a bare update must be refused
        connection.execute("update outreach.linkedin_accounts set status = 'connected'")


@pytest.mark.parametrize("role", ["sender", "operator"])
def test_every_working_role_may_flip(connection, account, role):
    connection.execute(psycopg.sql.SQL("set local role {}").format(_name(role)))
    assert flip(connection, *account, "connected") == 1
    check_now(connection)


def _name(role):
    return psycopg.sql.Identifier(role)


def test_a_missing_account_is_a_sentence(connection, account):
    with pytest.raises(psycopg.errors.NoDataFound, match="has no LinkedIn account 0"):
        flip(connection, account[0], 0, "connected")


def test_a_session_warmed_on_an_empty_audit_table_checks_in_bulk(database):
    with database.connect(autocommit=True) as connection:
        workspace_id = make_workspace(connection)
        # The check's plans are made, and kept, while the audit table is tiny.
        warm = make_account(connection, workspace_id, status="connecting")
        for status in ("connected", "connecting") * 10:
            flip(connection, workspace_id, warm, status)
        connection.execute(
            "insert into outreach.linkedin_accounts (workspace_id, name, timezone)"
            " select %s, 'account ' || number, 'UTC'"
            " from generate_series(1, 5000) as number",
            [workspace_id],
        )
        # status-writer: on purpose, what a bare update meets is tested
        connection.execute(
            "with flipped as (update outreach.linkedin_accounts"
            " set status = 'connected' where workspace_id = %s and account_id <> %s"
            " returning account_id, status_seq)"
            " insert into outreach.linkedin_account_status_audit"
            " select %s, account_id, status_seq, 'connecting', 'connected', 'a test',"
            " 'test', now() from flipped",
            [workspace_id, warm, workspace_id],
        )
        with pytest.raises(CheckViolation, match="without an audit row"):
            # status-writer: on purpose, what a bare update meets is tested
            connection.execute(
                "update outreach.linkedin_accounts set status = 'disconnected'"
                " where workspace_id = %s",
                [workspace_id],
            )
        assert connection.execute(
            "select status, count(*) from outreach.linkedin_accounts group by status"
            " order by status"
        ).fetchall() == [("connected", 5000), ("connecting", 1)]
