"""Imports: who is enrolled, once, and who must not be."""

import collections

import pytest

from tests.support.campaign_files import NOTE, PLAIN, account_id_of, make_senders, save
from tests.support.imports import LOOKING_UP, PEOPLE, bring
from tests.support.rows import NOON, make_campaign, make_enrollments
from trueup.imports.prospect_rows import read_export
from trueup.imports.prospects import (
    UnusableCampaignError,
    import_prospects,
)


def test_everybody_is_enrolled_with_a_job_inside_a_window(connection, saved):
    done = bring(connection, saved, PEOPLE, as_of=NOON.replace(day=9))
    assert (done.read, done.enrolled, done.new_people) == (3, 3, 3)
    assert (done.refused, done.skipped, done.missing_fields) == ((), {}, ())
    rows = connection.execute(
        "select enrollments.linkedin_status, jobs.action, jobs.status,"
        " jobs.run_at = enrollments.next_action_at, jobs.run_at"
        " from outreach.campaign_prospects as enrollments"
        " inner join outreach.campaign_send_jobs as jobs using (enrollment_id)"
    ).fetchall()
    assert [row[:4] for row in rows] == [
        ("ready_to_invite", "resolve_profile", "queued", True)
    ] * 3
    monday = NOON.replace(day=11)
    assert all(
        monday.replace(hour=9) <= row[4] <= monday.replace(hour=9, minute=30)
        for row in rows
    )


def test_people_are_spread_over_the_accounts_evenly_in_every_import(connection, saved):
    for first in (0, 3, 6):
        lines = [f"in/person-{first + number}" for number in range(3)]
        bring(connection, saved, "\n".join(["LinkedIn URL", *lines]))
    counts = connection.execute(
        "select count(*) from outreach.campaign_prospects group by account_id"
        " order by 1"
    ).fetchall()
    assert counts == [(4,), (5,)]


def test_run_twice_it_adds_nothing(connection, saved):
    bring(connection, saved, PEOPLE)
    again = bring(connection, saved, PEOPLE)
    assert (again.enrolled, again.new_people) == (0, 0)
    assert again.skipped == {"already_enrolled": 3}
    assert connection.execute(
        "select count(*) from outreach.campaign_send_jobs"
    ).fetchone() == (3,)


def test_a_dry_run_says_the_same_and_writes_nothing(connection, saved):
    dry = bring(connection, saved, PEOPLE, is_dry_run=True)
    assert connection.execute("select count(*) from outreach.prospects").fetchone() == (
        0,
    )
    assert bring(connection, saved, PEOPLE) == dry


def test_nobody_is_enrolled_twice_nor_who_must_not_be(connection, saved):
    workspace_id = saved.workspace_id
    account_id = account_id_of(connection, workspace_id)
    other, (step_id, _) = make_campaign(connection, workspace_id)
    elsewhere, accepted, finished = make_enrollments(
        connection, workspace_id, account_id, other, step_id, count=3, run_at=None
    )
    connection.execute(
        "update outreach.campaign_prospects set linkedin_accepted_at = %s"
        " where enrollment_id = %s",
        [NOON, accepted],
    )
    connection.execute(
        "select outreach.record_enrollment_event(%s, %s, 'completed', 'test', %s,"
        " to_status => 'completed')",
        [workspace_id, finished, NOON],
    )
    shy = connection.execute(
        "insert into outreach.prospects (workspace_id, public_identifier)"
        " values (%s, 'shy') returning prospect_id",
        [workspace_id],
    ).fetchone()[0]
    connection.execute(
        "select outreach.mark_do_not_contact(%s, %s, 'asked', 'test', %s)",
        [workspace_id, shy, NOON],
    )
    known = [
        connection.execute(
            "select public_identifier from outreach.prospects inner join"
            " outreach.campaign_prospects using (prospect_id) where enrollment_id = %s",
            [enrollment_id],
        ).fetchone()[0]
        for enrollment_id in (elsewhere, accepted, finished)
    ]
    lines = ["Public Identifier,Connected On,DNC", *known, "shy", "friend,1 May 2026"]
    done = bring(connection, saved, "\n".join([*lines, "asked,,yes", "new", ""]))
    assert done.skipped == {
        "enrolled_elsewhere": 1,
        "connected": 2,
        "do_not_contact": 2,
    }
    assert done.enrolled == 2  # who finished another campaign, and who is new


def test_who_is_known_is_filled_up_and_never_overwritten(connection, saved):
    connection.execute(
        "insert into outreach.prospects (workspace_id, provider_id, public_identifier,"
        " first_name, company, custom) values (%s, 'ACoAAknownknownknown', 'ada',"
        ' \'Augusta\', \' \', \'{"subject_line": "", "kept": "yes"}\')',
        [saved.workspace_id],
    )
    done = bring(
        connection,
        saved,
        "Public Identifier,First Name,Company,Subject Line,Kept\n"
        "ada,Ada,Engines,Hello,no\n",
        actor="mira",
    )
    assert (done.enrolled, done.new_people) == (1, 0)
    assert connection.execute(
        "select first_name, company, custom from outreach.prospects"
    ).fetchone() == ("Augusta", "Engines", {"subject_line": "Hello", "kept": "yes"})
    audited = "select was, became, actor, changed_at from outreach.prospect_field_audit"
    assert connection.execute(audited).fetchall() == [
        (
            {"company": " ", "custom.subject_line": ""},
            {"company": "Engines", "custom.subject_line": "Hello"},
            "mira",
            NOON,
        )
    ]
    bring(connection, saved, "Public Identifier,First Name\nada,Ada\n", actor="mira")
    assert len(connection.execute(audited).fetchall()) == 1


def test_names_that_are_read_as_others_are_said_by_their_lines(connection, saved):
    done = bring(
        connection,
        saved,
        "First Name,Last Name,LinkedIn URL\n"
        "<b>Ada</b>,Lovelace,in/ada\n"
        "Alan,  Turing ,in/alan\n"
        f'Dr. Grace,"Hopper, {"x" * 70}",in/grace\n'
        "★,,in/star\n",
        is_dry_run=True,
    )
    assert str(done.cleaned_names) == (
        "3 names are read without titles, degrees, signs or markup, or in another"
        " order: line 2, “<b>Ada</b> Lovelace” as “Ada Lovelace”; line 4, “Dr. Grace"
        f" Hopper, {'x' * 42}…” as “Grace Hopper, {'x' * 46}…”; line 5, “★” as no name"
    )
    many = "".join(f"Dr. Ada,Lovelace,in/ada-{number}\n" for number in range(9))
    done = bring(
        connection,
        saved,
        f"First Name,Last Name,LinkedIn URL\n{many}",
        is_dry_run=True,
    )
    assert str(done.cleaned_names).startswith("9 names are read")
    assert str(done.cleaned_names).endswith("as “Ada Lovelace”; and 4 more")


def test_who_has_linkedins_id_needs_no_look_up(connection, saved):
    bring(connection, saved, "LinkedIn URL\nACoAABcDeFgHiJkLmNoPqRs\nin/ada\n")
    assert connection.execute(
        "select jobs.action from outreach.campaign_send_jobs as jobs order by job_id"
    ).fetchall() == [("send_invite",), ("resolve_profile",)]


def test_who_has_no_id_is_looked_up_first_without_a_step_for_it(connection):
    make_senders(connection)
    saved = save(connection, PLAIN, NOON)
    done = bring(
        connection,
        saved,
        "LinkedIn URL,First Name\nACoAABcDeFgHiJkLmNoPqRs,Eva\nin/ada,Ada\n",
    )
    assert done.refused == ()
    assert connection.execute(
        "select jobs.action, steps.action, linkedin_status"
        " from outreach.campaign_send_jobs as jobs"
        " inner join outreach.campaign_steps as steps using (workspace_id, step_id)"
        " inner join outreach.campaign_prospects using (workspace_id, enrollment_id)"
        " order by job_id"
    ).fetchall() == [
        ("send_invite", "send_invite", "ready_to_invite"),
        ("resolve_profile", "send_invite", "ready_to_invite"),
    ]
    assert [(one.line, one.name, one.action) for one in done.people] == [
        (2, "Eva", "send_invite"),
        (3, "Ada", "resolve_profile"),
    ]


def test_refused_rows_have_the_names_of_the_file(connection, saved):
    done = bring(
        connection,
        saved,
        "LinkedIn URL,First Name,Last Name\nno address,Ada,Byron\nin/eva,Eva,Lund\n"
        "in/eva,Eva,Lund\n",
    )
    assert [(row.line, row.name) for row in done.refused] == [
        (2, "Ada Byron"),
        (4, "Eva Lund"),
    ]


def test_texts_that_are_too_long_for_some_people_are_told(connection):
    make_senders(connection)
    note = "Hi {{firstName}} of {{company}}, shall we connect?"
    saved = save(connection, PLAIN, NOON, **{NOTE: note})
    done = bring(
        connection,
        saved,
        "LinkedIn URL,First Name,Company\nin/ada,Ada,Acme\n"
        f"in/bob,Bob,{'x' * 180}\nin/eva,Eva,{'y' * 190}\n",
    )
    (too_long,) = done.too_long
    assert (too_long.step, too_long.field, too_long.people_count) == (1, "note", 2)
    assert too_long.names == ("Eva", "Bob")
    assert "with the values of Eva and Bob it is longer than the 200" in str(too_long)
    assert done.enrolled == 3


def test_a_row_that_means_two_known_people_is_refused(connection, saved):
    connection.execute(
        "insert into outreach.prospects (workspace_id, provider_id, public_identifier)"
        " values (%s, 'ACoAAoneoneoneoneone', null), (%s, null, 'two')",
        [saved.workspace_id] * 2,
    )
    done = bring(
        connection, saved, "ID,Provider ID,URL\n1,ACoAAoneoneoneoneone,in/two\n"
    )
    assert [str(row) for row in done.refused] == [
        "line 2: its id and its address belong to two people"
    ]


def test_a_declared_custom_field_that_no_column_gives_is_told(connection, saved):
    done = bring(connection, saved, "LinkedIn URL\nin/ada\n")
    assert done.missing_fields == ("subject_line",)


def test_a_campaign_that_was_never_saved_from_a_file_is_a_sentence(connection):
    workspace_id = make_senders(connection)
    campaign_id, _ = make_campaign(connection, workspace_id)
    with pytest.raises(UnusableCampaignError, match="has no account that could send"):
        import_prospects(
            connection,
            workspace_id,
            campaign_id,
            read_export(PEOPLE.encode()),
            is_dry_run=True,
        )


def test_a_wait_before_the_first_step_moves_the_first_action(connection):
    make_senders(connection)
    text = PLAIN.replace("steps:", "steps:\n  - action: wait\n    delay: 2 days")
    saved = save(connection, text, NOON)
    bring(connection, saved, "LinkedIn URL\nACoAABcDeFgHiJkLmNoPqRs\n")
    (run_at,) = connection.execute(
        "select run_at from outreach.campaign_send_jobs"
    ).fetchone()
    assert NOON.replace(day=6) <= run_at <= NOON.replace(day=6, minute=30)


def test_an_operator_may_import_and_re_arm(campaign_in_a_database):
    database = campaign_in_a_database
    with database.connect(role="operator", autocommit=True) as connection:
        export = read_export(PEOPLE.encode(), ["subject_line"])
        done = import_prospects(connection, 1, 1, export, is_dry_run=False)
        assert done.enrolled == 3
        connection.execute(
            "select outreach.park_step(1, step_id, '{}', 'test', now())"
            " from outreach.campaign_steps where action = 'resolve_profile'"
        )
        assert save(connection, LOOKING_UP, NOON).rearming.rearmed == 3


def test_a_thousand_people_keep_every_rule_of_the_database(campaign_in_a_database):
    lines = [f"in/person-{number}" for number in range(1_000)]
    with campaign_in_a_database.connect(autocommit=True) as connection:
        done = import_prospects(
            connection,
            1,
            1,
            read_export("\n".join(["LinkedIn URL", *lines]).encode()),
            is_dry_run=False,
            as_of=NOON,
        )
        assert done.enrolled == 1_000
        seconds = [
            (run_at - NOON).total_seconds()
            for (run_at,) in connection.execute(
                "select run_at from outreach.campaign_send_jobs"
            )
        ]
    assert min(seconds) >= 0
    assert max(seconds) <= 1_800
    assert max(collections.Counter(seconds).values()) < 10


def test_a_value_that_a_text_needs_and_people_lack_is_told(connection):
    make_senders(connection)
    text = LOOKING_UP.replace(
        "shall we connect?", "how is {{company}}? {{custom.subject_line}}"
    )
    saved = save(connection, text, NOON)
    connection.execute(
        "insert into outreach.prospects (workspace_id, public_identifier, company)"
        " values (%s, 'alan', 'Bletchley')",
        [saved.workspace_id],
    )
    done = bring(
        connection,
        saved,
        "First Name,LinkedIn URL,Company,Subject Line\n"
        "Ada,in/ada,Analytical,Engines\nAlan,in/alan,,Codes\n"
        "Grace,in/grace,#N/A,Bugs\n,in/joan,,\n",
    )
    assert [
        (lacked.field, lacked.people, lacked.first_line) for lacked in done.lacked
    ] == [("company", 2, 4), ("custom.subject_line", 1, 5), ("firstName", 1, 5)]
    assert str(done.lacked[0]) == (
        "2 people lack company (first on line 4), which a saved text needs without a "
        "fallback: they are parked when their turn comes"
    )


def test_a_value_with_a_fallback_is_not_needed(connection):
    make_senders(connection)
    text = LOOKING_UP.replace("{{firstName}}", "{{firstName | default: 'there'}}")
    done = bring(connection, save(connection, text, NOON), "LinkedIn URL\nin/ada\n")
    assert done.lacked == ()


def test_hidden_connections_are_counted(connection, saved):
    done = bring(
        connection,
        saved,
        "First Name,URL,Connected On\nAda,in/ada,\n,,1 May 2026\n,,2 May 2026\n",
    )
    assert (done.enrolled, done.hidden, done.refused) == (1, 2, ())
