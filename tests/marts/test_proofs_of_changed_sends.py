"""A refresh of proofs and judgements over what changed says what one over all says."""

import datetime as dt
import json
import random

import pytest

from tests.support.dbt_runner import modelled_copy, run_dbt
from tests.support.ledger_rows import insert_attempt, loading
from tests.support.rows import make_account, make_workspace

HOUR = dt.timedelta(hours=1)
PEOPLE = 12
MEANS = (("sent",), ("unsent",), ("unknown",), (), ("unknown", "unsent"))
# The views that were built as of another moment hold none of these reads.
MODELS = ("int_observed_items", "send_proofs", "int_judged_attempts")
# Every column but the moment of the computation.
PROOFS = (
    "select to_jsonb(proofs) - 'refreshed_at' from analytics.send_proofs as proofs"
    " order by attempt_id"
)
JUDGEMENTS = (
    "select to_jsonb(judged) - 'refreshed_at'"
    " from analytics_intermediate.int_judged_attempts as judged order by attempt_id"
)


class World:
    """Two accounts and their sends to some people, at random over nine days."""

    def __init__(self, connection, seed):
        self.connection = connection
        self.draw = random.Random(seed)
        self.workspace_id = make_workspace(connection)
        self.accounts = [make_account(connection, self.workspace_id) for _ in "ab"]
        self.now = connection.execute("select clock_timestamp()").fetchone()[0]
        self.attempts = []
        with loading(connection):
            connection.execute(
                "insert into outreach.prospects (workspace_id, prospect_id,"
                " public_identifier) overriding system value"
                " select %s, person, 'person-' || person"
                " from generate_series(0, %s) as person",
                [self.workspace_id, PEOPLE - 1],
            )

    def answer(self, begun_at):
        """An answer to a person who is in no campaign; returns its attempt's id."""
        return insert_attempt(
            self.connection,
            (self.workspace_id, self.accounts[0]),
            begun_at,
            means=("unknown",),
            action="send_message",
            **dict.fromkeys(("enrollment_id", "campaign_id", "step_id", "prospect_id")),
            answer_id=1,
        )

    def send(self, begun_at):
        person = self.draw.randrange(PEOPLE)
        attempt_id = insert_attempt(
            self.connection,
            (self.workspace_id, self.draw.choice(self.accounts)),
            begun_at,
            means=self.draw.choice(MEANS),
            has_event=False,
            limit_per_day=2,
            prospect_id=person,
            enrollment_id=person,
            recipient_provider_id=f"ACoAA{person}",
        )
        self.attempts.append(attempt_id)

    def learn_late(self, attempt_id=None):
        """An outcome of this send, or of any, is recorded now."""
        means = self.draw.choice(("sent", "unsent"))
        self.connection.execute(
            "insert into outreach.send_attempt_outcomes (workspace_id, attempt_id,"
            " outcome, means, decided_by, recorded_at) values (%s, %s, %s, %s, 'read',"
            " clock_timestamp())",
            [
                self.workspace_id,
                attempt_id or self.draw.choice(self.attempts),
                f"decided_{means}",
                means,
            ],
        )

    def react(self):
        """A person accepted or replied some time ago, and it is told now."""
        person = self.draw.randrange(PEOPLE)
        self.connection.execute(
            "insert into outreach.campaign_events (workspace_id, enrollment_id,"
            " campaign_id, prospect_id, account_id, event_type, occurred_at,"
            " recorded_at, actor) values (%s, %s, 1, %s, %s, 'invite_accepted', %s,"
            " clock_timestamp(), 'test')",
            [
                self.workspace_id,
                person,
                person,
                self.accounts[0],
                self.now - self.draw.randrange(200) * HOUR,
            ],
        )

    def read(self, account_id, started_at):
        for name in ("relations", "sent_invitations"):
            people = self.draw.sample(range(PEOPLE), 4)
            # The provider's list names some people by their address alone.
            items = [
                self.draw.choice(
                    (
                        {"provider_id": f"ACoAA{person}"},
                        {"public_identifier": f"person-{person}"},
                    )
                )
                for person in people
            ]
            self.connection.execute(
                "select outreach.record_provider_read(%s, %s, %s, null, %s, %s, true,"
                " 1, null, %s)",
                [
                    self.workspace_id,
                    account_id,
                    name,
                    started_at,
                    started_at,
                    json.dumps(items),
                ],
            )


def figures(connection):
    return [connection.execute(query).fetchall() for query in (PROOFS, JUDGEMENTS)]


def over_a_limit(judgements):
    return {row["attempt_id"] for (row,) in judgements if row["is_over_day_limit"]}


@pytest.mark.parametrize("seed", [1, 2])
def test_late_rows_change_the_same_sends_as_a_run_over_all(template_database, seed):
    with modelled_copy(template_database) as database, database.connect() as opened:
        opened.autocommit = True
        world = World(opened, seed)
        with loading(opened):
            for _ in range(60):
                world.send(world.now - world.draw.uniform(3, 216) * HOUR)
            answer = world.answer(world.now - 50 * HOUR)
        world.read(world.accounts[0], world.now - 30 * HOUR)
        run_dbt(database, "run", *MODELS, is_full_refresh=True)
        before = figures(opened)

        with loading(opened):
            for _ in range(3):
                world.send(world.now)
                world.learn_late()
                world.react()
            world.learn_late(answer)
            account = (world.workspace_id, world.accounts[0])
            _, second = (
                insert_attempt(
                    opened, account, world.now, has_event=False, limit_per_day=1
                )
                for _ in "ab"
            )
        # The one account was read before, the other one was not.
        for account_id in world.accounts:
            world.read(account_id, world.now)
        run_dbt(database, "run", *MODELS)
        of_changes = figures(opened)
        run_dbt(database, "run", *MODELS, is_full_refresh=True)

        assert figures(opened) == of_changes
        assert all(old != new for old, new in zip(before, of_changes, strict=True))
        # The alert reads which are over: a run over what changed finds one at once.
        assert second in over_a_limit(of_changes[1])
