"""Limits, sending windows and zones of an account, set by people and audited."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.errors import (
    CheckViolation,
    InvalidParameterValue,
    NoDataFound,
)
from psycopg.types.json import Jsonb

from tests.support.rows import (
    NOON,
    make_account,
    make_campaign,
    make_enrollments,
    make_workspace,
    send_one,
)

DAY = dt.timedelta(days=1)


@pytest.fixture
def account(connection):
    workspace_id = make_workspace(connection)
    return workspace_id, make_account(connection, workspace_id, limits=())


def set_limits(connection, account, *limits):
    return connection.execute(
        "select outreach.set_account_limits(%s, %s, %s, 'ines', %s)",
        [*account, Jsonb(limits), NOON],
    ).fetchone()[0]


def limits_of(connection, account):
    return {
        (action, per): tuple(rest)
        for action, per, *rest in connection.execute(
            "select action, per, limit_count, minimum_gap, goal_count, growth_per_day,"
            " ramp_starts_on from outreach.linkedin_account_limits"
            " where workspace_id = %s and account_id = %s",
            account,
        )
    }


def audited(connection, account):
    return connection.execute(
        "select setting, was, became, actor"
        " from outreach.linkedin_account_setting_audit"
        " where workspace_id = %s and account_id = %s order by change_id",
        account,
    ).fetchall()


def apply_preset(connection, account, preset="recommended", age=None, at=NOON):
    return connection.execute(
        "select outreach.apply_limit_preset(%s, %s, %s, 'ines', %s, %s)",
        [*account, preset, age, at],
    ).fetchone()[0]


def test_what_is_not_named_stays(connection, account):
    day = {"action": "send_invite", "per": "day", "limit": 20, "gap": "5 minutes"}
    week = {"action": "send_invite", "per": "week", "limit": 90}
    set_limits(connection, account, day, week)

    set_limits(connection, account, {**day, "limit": 30} | {"gap": "6 minutes"})
    set_limits(connection, account, {"action": "send_invite", "per": "day", "limit": 9})

    assert limits_of(connection, account) == {
        ("send_invite", "day"): (9, dt.timedelta(minutes=6), None, None, None),
        ("send_invite", "week"): (90, dt.timedelta(0), None, None, None),
    }


def test_a_limit_of_null_is_removed(connection, account):
    day = {"action": "send_invite", "per": "day", "limit": 20}
    set_limits(connection, account, day)

    assert set_limits(connection, account, {**day, "limit": None})
    assert limits_of(connection, account) == {}
    assert not set_limits(connection, account, {**day, "limit": None})


def test_a_goal_starts_a_ramp_today_and_a_plain_limit_ends_it(connection, account):
    day = {"action": "send_invite", "per": "day", "limit": 5}
    set_limits(connection, account, {**day, "goal": 20, "growth": 0.5})
    grown = limits_of(connection, account)

    # A gap alone leaves the ramp as it is.
    set_limits(
        connection,
        account,
        {"action": "send_invite", "per": "day", "gap": "1 minute"},
    )
    with_gap = limits_of(connection, account)
    set_limits(connection, account, {**day, "limit": 8})

    key = ("send_invite", "day")
    ramp = (20, pytest.approx(0.5), NOON.date())
    assert grown[key] == (5, dt.timedelta(0), *ramp)
    assert with_gap[key] == (5, dt.timedelta(minutes=1), *ramp)
    assert limits_of(connection, account)[key][2:] == (None, None, None)


def test_a_gap_needs_a_limit_that_it_belongs_to(connection, account):
    with pytest.raises(CheckViolation, match="no limit on send_invite per day"):
        set_limits(
            connection,
            account,
            {"action": "send_invite", "per": "day", "gap": "1 minute"},
        )


def test_every_change_says_who_made_it_and_what_was_before(connection, account):
    day = {"action": "send_invite", "per": "day", "limit": 20}
    set_limits(connection, account, day)
    set_limits(connection, account, day)
    connection.execute(
        "select outreach.set_account_windows(%s, %s, 'mon 9-10', 'ines', %s)",
        [*account, NOON],
    )
    connection.execute(
        "select outreach.set_account_timezone(%s, %s, 'Europe/Berlin', 'ines', %s)",
        [*account, NOON],
    )

    assert audited(connection, account) == [
        ("limits", None, [day], "ines"),
        ("sending_windows", "mon-sun 00:00-24:00", "mon 09:00-10:00", "ines"),
        ("timezone", "UTC", "Europe/Berlin", "ines"),
    ]
    with pytest.raises(CheckViolation, match="are append-only"):
        connection.execute("delete from outreach.linkedin_account_setting_audit")


@pytest.mark.parametrize("limits", [None, {}, "x", [1], [None], [[]]])
def test_limits_that_are_no_list_of_limits_are_refused(connection, account, limits):
    with pytest.raises(CheckViolation, match="the limits are no list of limits"):
        connection.execute(
            "select outreach.set_account_limits(%s, %s, %s, 'ines')",
            [*account, limits if limits is None else Jsonb(limits)],
        )


def test_a_change_without_an_actor_is_refused(connection, account):
    with pytest.raises(CheckViolation, match="has no actor"):
        connection.execute(
            "select outreach.set_account_windows(%s, %s, 'mon 9-10', ' ')", account
        )


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("mon-fri 09:00-17:30", "mon-fri 09:00-17:30"),
        ("Monday – Friday 9 - 17", "mon-fri 09:00-17:00"),
        ("daily 00:00-24:00", "mon-sun 00:00-24:00"),
        ("tue, thu 9:00-12:00; 13:00-17:00", None),
        ("fri-mon 10:00-11:00", "mon 10:00-11:00, fri-sun 10:00-11:00"),
    ],
)
def test_windows_are_written_as_a_person_writes_them(
    connection, account, written, stored
):
    assert connection.execute(
        "select outreach.set_account_windows(%s, %s, %s, 'ines')", [*account, written]
    ).fetchone() == (
        stored or "tue 09:00-12:00, 13:00-17:00, thu 09:00-12:00, 13:00-17:00",
    )


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", '"" is no sending window'),
        ("9:00-17:00", '"9:00-17:00" is no sending window'),
        ("mon-fri", '"mon-fri" has days without hours'),
        ("t 9:00-17:00", '"t 9:00-17:00" is no sending window'),
        ("mon-xyz 9:00-17:00", '"mon-xyz 9:00-17:00" is no sending window'),
        ("daily-fri 9:00-17:00", '"daily-fri 9:00-17:00" is no sending window'),
        ("mon 9:00-25:00", "closes at an unreadable time"),
        ("mon 9:00-17:00 and tue", "is no sending window"),
    ],
)
def test_unreadable_windows_are_refused_with_a_sentence(
    connection, account, written, sentence
):
    with pytest.raises(InvalidParameterValue, match=sentence):
        connection.execute(
            "select outreach.set_account_windows(%s, %s, %s, 'ines')",
            [*account, written],
        )


@given(
    st.sets(st.tuples(st.integers(1, 7), st.integers(0, 11)), min_size=1, max_size=20)
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_printed_windows_mean_the_same_windows(connection, hours):
    windows = [
        {"weekday": day, "opens": f"{2 * at:02}:00", "closes": f"{2 * at + 1:02}:30"}
        for day, at in sorted(hours)
    ]
    with connection.transaction(force_rollback=True):
        workspace_id = make_workspace(connection)
        account_id = make_account(connection, workspace_id)
        connection.execute(
            "select outreach.set_sending_windows(%s, %s, %s)",
            [workspace_id, account_id, Jsonb(windows)],
        )
        assert connection.execute(
            "select jsonb_agg(element order by element ->> 'weekday',"
            " element ->> 'opens') from jsonb_array_elements("
            "outreach.sending_windows_of_text(outreach.sending_windows_text(%s, %s)))"
            " as elements (element)",
            [workspace_id, account_id],
        ).fetchone() == (windows,)


@pytest.mark.parametrize(
    ("has_premium", "features", "age", "first_invites"),
    [
        (False, [], None, (5, 15)),
        (False, [], "2 months", (5, 15)),
        (False, [], "4 months", (10, 20)),
        (True, [], None, (5, 25)),
        (True, ["premium"], "1 year", (20, 40)),
        (True, ["premium", "sales_navigator"], "6 years", (20, 40)),
        (False, ["recruiter"], "10 years", (20, 40)),
    ],
)
def test_first_limits_follow_the_type_and_the_stated_age(
    connection, account, has_premium, features, age, first_invites
):
    connection.execute(
        "update outreach.linkedin_accounts set has_premium = %s, premium_features = %s"
        " where workspace_id = %s and account_id = %s",
        [has_premium, features, *account],
    )

    apply_preset(connection, account, age=age)

    limits = limits_of(connection, account)
    invites = limits["send_invite", "day"]
    assert (invites[0], invites[2]) == first_invites
    assert ("send_inmail", "day") in limits or not (has_premium or features)


def test_every_preset_can_be_applied_and_stays_under_the_providers_figures(
    connection, account
):
    most = {
        ("send_invite", "day"): 100,
        ("send_invite", "week"): 200,
        ("resolve_profile", "day"): 150,
        ("send_message", "day"): 150,
        ("send_inmail", "day"): 50,
    }
    combinations = connection.execute(
        "select distinct preset, account_type, from_age from outreach.limit_presets"
    ).fetchall()
    assert {row[0] for row in combinations} == {"careful", "recommended"}
    for preset, account_type, from_age in combinations:
        features = [] if account_type == "free" else [account_type]
        connection.execute(
            "update outreach.linkedin_accounts set premium_features = %s"
            " where workspace_id = %s and account_id = %s",
            [features, *account],
        )
        apply_preset(connection, account, preset, from_age)
        limits = limits_of(connection, account)

        assert ("withdraw_invite", "day") in limits
        for key, limit in limits.items():
            assert (limit[2] or limit[0]) <= most.get(key, 1000)
            # On five days of the goal's size the week's limit is reached.
        day, week = limits["send_invite", "day"], limits["send_invite", "week"]
        assert week[2] >= 5 * (day[2] or day[0]) * 0.9


def test_a_preset_replaces_all_limits_and_its_ramp_starts_today(connection, account):
    set_limits(
        connection, account, {"action": "send_invite", "per": "outstanding", "limit": 1}
    )
    apply_preset(connection, account)

    limits = limits_of(connection, account)
    assert ("send_invite", "outstanding") not in limits
    assert limits["send_invite", "day"][4] == NOON.date()


def test_an_unknown_preset_names_the_known_ones(connection, account):
    with pytest.raises(NoDataFound) as failure:
        apply_preset(connection, account, "reckless")
    said = failure.value.diag
    assert said.message_primary == 'there is no preset "reckless" of limits'
    assert said.message_hint == "There are: careful, recommended."


@pytest.mark.parametrize("age", ["-1 day", "40 years", "999999 years"])
def test_an_account_is_not_older_than_linkedin_nor_from_the_future(
    connection, account, age
):
    with pytest.raises(CheckViolation, match="a LinkedIn account cannot be"):
        apply_preset(connection, account, age=age)


def test_what_is_spent_is_what_the_gate_counts(connection):
    """Setting a limit to what is spent reaches it; one more does not."""
    workspace_id = make_workspace(connection)
    account_id = make_account(
        connection,
        workspace_id,
        timezone="America/St_Johns",
        limits=[("send_invite", per, 50) for per in ("day", "week", "month")]
        + [("send_invite", "outstanding", 50)],
    )
    campaign_id, (step_id, *_) = make_campaign(connection, workspace_id)
    make_enrollments(
        connection, workspace_id, account_id, campaign_id, step_id, count=7
    )
    for days in (-6, -3, -1, 0, 0):
        send_one(connection, workspace_id, as_of=NOON + (days + 7) * DAY)
    at = NOON + 7 * DAY + dt.timedelta(hours=1)

    rows = connection.execute(
        "select per, spent, resets_at from outreach.account_allowances(%s, %s, %s)",
        [workspace_id, account_id, at],
    ).fetchall()

    assert rows == [
        ("day", 2, dt.datetime(2026, 5, 12, 2, 30, tzinfo=dt.UTC)),
        ("week", 5, NOON + 8 * DAY),
        ("month", 5, dt.datetime(2026, 6, 1, 2, 30, tzinfo=dt.UTC)),
        ("outstanding", 5, None),
    ]
    for per, spent, _ in rows:
        for limit, reached in ((spent, True), (spent + 1, False)):
            connection.execute(
                "update outreach.linkedin_account_limits set limit_count ="
                " case when per = %s then %s else 50 end where workspace_id = %s",
                [per, limit, workspace_id],
            )
            (blocker,) = connection.execute(
                "select reached[1] from outreach.spent_limits(%s, array[%s::bigint],"
                " array['send_invite'], %s)",
                [workspace_id, account_id, at],
            ).fetchone()
            assert (blocker is not None) is reached, (per, limit, blocker)
