"""The mart, the claim, the begin and the polls agree in random worlds.

A world is a workspace: accounts, limits, windows, zones, holds, campaigns, people, jobs
and earlier calls, drawn from a seed. TRUEUP_WORLDS sets how many are drawn.
"""

import os

import pytest

from tests.support.dbt_runner import modelled_copy
from tests.support.random_worlds import World, insert_worlds
from tests.support.rows import DSN, NOON, begin, claim

WORLDS = int(os.environ.get("TRUEUP_WORLDS", "300"))
FIRST_SEED = int(os.environ.get("TRUEUP_FIRST_SEED", "1"))
BATCH = 100
# Nothing holds such a job back; whose turn it is has no say once it is claimed.
FREE = ("due_now", "behind_others")


@pytest.fixture(scope="module")
def modelled(template_database):
    with modelled_copy(template_database) as copy:
        yield copy


@pytest.fixture
def opened(modelled):
    with modelled.connect() as connection:
        yield connection
        connection.rollback()


def blockers(connection, worlds):
    """The mart's word for each live job: {job_id: blocker}."""
    return dict(
        connection.execute(
            "select job_id, blocker from analytics.enrollment_blockers"
            " where workspace_id = any(%s) and job_id is not null",
            [[world.workspace_id for world in worlds]],
        ).fetchall()
    )


def next_jobs(connection, worlds):
    """The jobs that are next of their accounts, by the mart's own model."""
    return {
        job_id
        for (job_id,) in connection.execute(
            "select job_id from analytics_intermediate.int_enrollment_blockers"
            " where workspace_id = any(%s) and is_next",
            [[world.workspace_id for world in worlds]],
        )
    }


def accounts_to_poll(connection):
    """The accounts whose messages are to be read at noon."""
    return {
        account_id
        for dsn in (DSN, f"{DSN}/v2")
        for (account_id,) in connection.execute(
            "select account_id from outreach.accounts_to_poll_for_replies(%s, %s)",
            [dsn, NOON],
        )
    }


def batches(seeds=range(FIRST_SEED, FIRST_SEED + WORLDS)):
    return [seeds[first : first + BATCH] for first in range(0, len(seeds), BATCH)]


@pytest.fixture(scope="module")
def said_of():
    """By seeds: what reasons() said, for the test that looks at all of them."""
    return {}


def reasons(worlds, said):
    """The blockers of live jobs, and how many withdrawals wait for their reads."""
    waiting_count = sum(
        job["action"] == "withdraw_invite"
        and said.get(job["job_id"]) == "read_budget_spent"
        for world in worlds
        for job in world.rows["campaign_send_jobs"]
    )
    return set(said.values()), waiting_count


@pytest.mark.parametrize("seeds", batches(), ids=str)
def test_the_mart_says_what_a_claim_takes_and_why_a_begin_refuses(
    opened, said_of, seeds
):
    worlds = [World(seed) for seed in seeds]
    insert_worlds(opened, worlds)
    before, expected = blockers(opened, worlds), next_jobs(opened, worlds)
    said_of[seeds] = reasons(worlds, before)
    polled = accounts_to_poll(opened)
    taken = {
        world: claim(opened, world.workspace_id, dsn=world.provider_dsn)
        for world in worlds
    }

    for world, job_ids in taken.items():
        unread = [j for j in world.job_ids if before.get(j) == "replies_not_read"]
        assert {world.accounts_of_jobs[j] for j in unread} <= polled, world
        own = {job_id for job_id in world.job_ids if job_id in expected}
        assert set(job_ids) == own, world
        due_now = {j for j in world.job_ids if before.get(j) == "due_now"}
        # What else is taken can never be sent as it is: the begin below ends it.
        assert due_now <= own, world
        assert len(job_ids) == len({world.accounts_of_jobs[j] for j in job_ids}), world

    for world in worlds:
        world.change(opened)
    with opened.transaction(force_rollback=True):
        for world in worlds:
            opened.execute(
                "select outreach.release_claims(%s, 'w1')", [world.workspace_id]
            )
        after = blockers(opened, worlds)

    for world, job_ids in taken.items():
        begun = begin(opened, world.workspace_id, job_ids)
        assert {job_id for job_id, _, _ in begun} == set(job_ids), world
        for job_id, attempt_id, refusal in begun:
            reason = after.get(job_id)
            if world.ended_as(job_id) is not None:
                # The mart lists active enrollments only.
                assert reason is None, world
                is_marked = before[job_id] == "do_not_contact"
                reason = f"status_{world.ended_as(job_id)}"
                reason = "do_not_contact" if is_marked else reason
            if reason in FREE:
                assert (refusal is None) == (attempt_id is not None), world
                assert refusal in (None, "wait_ended"), (world, job_id)
            else:
                assert (attempt_id, refusal) == (None, reason), (world, job_id)


@pytest.mark.parametrize(("more", "is_reached"), [(0, True), (1, False)])
def test_what_people_read_as_spent_is_what_a_claim_counts(opened, more, is_reached):
    worlds = [World(seed) for seed in range(1, 41)]
    insert_worlds(opened, worlds)
    given = {"at": NOON, "ids": [world.workspace_id for world in worlds], "more": more}
    opened.execute(
        "update outreach.linkedin_account_limits as limits"
        " set limit_count = allowed.spent + %(more)s"
        " from outreach.linkedin_accounts as accounts"
        " cross join lateral outreach.account_allowances("
        "accounts.workspace_id, accounts.account_id, %(at)s) as allowed"
        " where accounts.workspace_id = any(%(ids)s) and (limits.workspace_id,"
        " limits.account_id, limits.action, limits.per) = (accounts.workspace_id,"
        " accounts.account_id, allowed.action, allowed.per)",
        given,
    )

    limits = opened.execute(
        "select limits.per, limits.per || '_limit' = any(counted.reached)"
        " from outreach.linkedin_account_limits as limits"
        " cross join lateral outreach.spent_limits(limits.workspace_id,"
        " array[limits.account_id], array[limits.action], %(at)s) as counted"
        # Nothing is counted outside the account's windows.
        " where limits.workspace_id = any(%(ids)s) and counted.timezone is not null",
        given,
    ).fetchall()

    assert set(limits) == {
        (per, is_reached) for per in ("day", "week", "month", "outstanding")
    }


def test_the_worlds_hold_every_reason(opened, said_of):
    said, waiting_count = set(), 0
    for seeds in batches(range(1, 301)):
        if seeds not in said_of:
            worlds = [World(seed) for seed in seeds]
            with opened.transaction(force_rollback=True):
                insert_worlds(opened, worlds)
                said_of[seeds] = reasons(worlds, blockers(opened, worlds))
        said |= said_of[seeds][0]
        waiting_count += said_of[seeds][1]
    vocabulary = {
        blocker
        for (blocker,) in opened.execute("select blocker from outreach.blockers()")
    }
    # These are no live job's, or a begin's alone.
    never = {
        "no_live_job",
        "lease_lost",
        "template_changed",
        "address_changed",
        "error",
    }
    ended = {"status_completed", "status_replied", "status_failed", "status_withdrawn"}
    assert said == vocabulary - never - ended
    assert waiting_count > 0
