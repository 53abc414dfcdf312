"""Ten faults and one more: each has its own marks, and none of them once healed.

All are injected side by side, at accounts of both versions of the provider's API, each
in a workspace of its own, so that one look of dbt shows that no fault is marked in
another's place.
"""

import pytest

from tests.support.connected_accounts import TARGET
from tests.support.dbt_runner import modelled_copy, run_dbt
from tests.support.faces import Version2
from tests.support.injected_faults import (
    AGE_OF_A_TRANSACTION,
    FAULTS,
    OpenTransaction,
)
from tests.support.rows import NOON
from tests.support.sandboxes import empty
from trueup.alerts.records import CheckOutcome, sync
from trueup.campaigns import validate_saved_templates
from trueup.inbound.webhooks.subscriptions import audit_webhooks
from trueup.postgres.connection import connect

# What alerts read is built in the call that tests them, as the hourly run does.
SHARED = {
    "int_checked_blockers",
    "int_checked_next_actions",
    "int_judged_attempts",
    "int_leaked_accepts",
}
VACUUM = "a_transaction_holds_back_vacuum"
# A transaction is nobody's, whichever version the accounts are called at.
INJECTED = [(kind, 1) for kind in FAULTS] + [
    (kind, 2) for kind in FAULTS if kind is not OpenTransaction
]
EACH = pytest.mark.parametrize(
    "injected_as",
    INJECTED,
    ids=[f"{kind.__name__}-v{version}" for kind, version in INJECTED],
)


@pytest.fixture(scope="module")
def looks(template_database, running_sandbox):
    """The faults, and the marks before the first, after all, and after their heals."""
    empty(running_sandbox)
    with (
        modelled_copy(template_database) as database,
        connect(database.name, autocommit=True) as connection,
    ):
        before = look(database, connection)
        faces = {1: running_sandbox, 2: Version2(running_sandbox)}
        faults = {
            (kind, version): kind(connection, faces[version])
            for kind, version in INJECTED
        }
        for face in faces.values():
            audit_webhooks(
                connection,
                face.dsn,
                face.api_key,
                TARGET,
                NOON,
                service_key=face.v2_service_key,
            )
        injected = look(database, connection)
        for fault in faults.values():
            fault.heal()
        return faults, before, injected, look(database, connection)


def look(database, connection):
    """What the alert sensor makes of every alert now: {code: subject} by workspace."""
    validate_saved_templates(connection, NOON)
    built = run_dbt(database, "build", *SHARED, "test_type:singular", as_of=NOON)
    statuses = {name: built[name] for name in built.keys() - SHARED}
    # That test alone looks at the server's sessions, whose clock is the real one.
    (now,) = connection.execute("select clock_timestamp()").fetchone()
    statuses |= run_dbt(database, "test", VACUUM, as_of=now + AGE_OF_A_TRANSACTION)
    for name, status in statuses.items():
        sync(
            connection,
            CheckOutcome(
                name=name,
                asset="a mart",
                state="passed" if status == "pass" else "failed",
                description=f"Fails for each row of {name}.",
                run_id="0b1e",
                test_table=name,
            ),
        )
    rows = connection.execute(
        "select workspace_id, code, subject from outreach.linkedin_admin_alerts"
        " where resolved_at is null and code = any(%s)",
        [list(statuses)],
    ).fetchall()
    marks = {}
    for workspace_id, code, subject in rows:
        marks.setdefault(workspace_id, []).append((code, subject))
    return marks


@EACH
def test_a_fault_has_exactly_its_own_marks(injected_as, looks):
    faults, _, injected, _ = looks
    fault = faults[injected_as]
    assert sorted(injected[fault.workspace_id]) == sorted(fault.wanted.items())


@EACH
def test_a_healed_fault_has_no_mark_any_more(injected_as, looks):
    faults, _, _, healed = looks
    assert faults[injected_as].workspace_id not in healed


def test_nothing_is_marked_before_a_fault_or_outside_of_one(looks):
    faults, before, injected, healed = looks
    assert (before, healed) == ({}, {})
    assert injected.keys() == {fault.workspace_id for fault in faults.values()}
