"""Importing prospects: what is recognised, normalised, refused, and enrolled once."""

import collections
import csv
import io
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.campaign_files import PLAIN, account_id_of, make_senders, save
from tests.support.rows import NOON, make_campaign, make_enrollments
from trueup.imports.profile_addresses import (
    Profile,
    UnreadableProfileError,
    read_profile,
)
from trueup.imports.prospect_rows import (
    ProspectRow,
    RefusedRow,
    UnreadableExportError,
    read_export,
    read_rows,
)
from trueup.imports.prospects import (
    UnusableCampaignError,
    import_prospects,
)
from trueup.paths import PROJECT_ROOT

LOOKING_UP = PLAIN.replace("steps:", "steps:\n  - action: resolve_profile")
PEOPLE = """\
First Name,Last Name,LinkedIn URL,Company,Subject Line
Ada,Lovelace,https://www.linkedin.com/in/ada-lovelace/,Analytical,Engines
Alan,Turing,linkedin.com/in/alan-turing?trk=1,Bletchley,
Grace,Hopper,https://uk.linkedin.com/in/Grace-Hopper,,Compilers
"""


@pytest.fixture
def saved(connection):
    make_senders(connection, "Anisha", "Pinki")
    text = LOOKING_UP.replace("[Anisha]", "[Anisha, Pinki]")
    saved = save(connection, text, NOON)
    connection.execute("set constraints all immediate")
    connection.execute("set constraints all deferred")
    return saved


def bring(connection, saved, text, **options):
    content = text if isinstance(text, bytes) else text.encode()
    done = import_prospects(
        connection,
        saved.workspace_id,
        saved.campaign_id,
        read_export(content, ["subject_line"]),
        **{"is_dry_run": False, "as_of": NOON} | options,
    )
    connection.execute("set constraints all immediate")
    connection.execute("set constraints all deferred")
    connection.execute("drop table if exists pg_temp.imported_prospects")
    return done


def rows_of(text, declared=()):
    content = text if isinstance(text, bytes) else text.encode()
    return list(read_rows(read_export(content, declared)))


def refusals(text):
    return [str(row) for row in rows_of(text) if isinstance(row, RefusedRow)]


@pytest.mark.parametrize(
    "written",
    [
        "https://www.linkedin.com/in/jürgen-müller",
        "http://de.linkedin.com/in/J%C3%BCrgen-M%C3%BCller/",
        "linkedin.com/in/j%C3%BCrgen-m%C3%BCller///?locale=de_DE#about",
        "https://www.linkedin.com/in/j%25C3%25BCrgen-m%25C3%25BCller/en",
        "  <https://m.linkedin.com/in/ju\u0308rgen-mu\u0308ller/overlay/photo/> ",
        "//www.linkedin.com/in/jürgen-müller",
        "/in/jürgen-müller",
        "jürgen-müller",
        "HTTPS://WWW.LINKEDIN.COM/IN/JÜRGEN-MÜLLER",
    ],
)
def test_one_person_has_one_address_however_it_is_written(written):
    assert read_profile(written) == Profile(None, "jürgen-müller")


def test_linkedins_own_id_keeps_its_case_and_is_no_public_name():
    provider_id = "ACoAABcDeFgHiJkLmNoPqRsTuV"
    address = f"https://www.linkedin.com/in/{provider_id}"
    assert read_profile(address) == Profile(provider_id, None)


def test_a_sales_navigator_lead_is_known_by_its_own_id():
    lead = "https://www.linkedin.com/sales/lead/ACwAAAbcdEfghIjkl,NAME_SEARCH,x1?_ntb=y"
    assert read_profile(lead) == Profile(None, "ACwAAAbcdEfghIjkl")
    people = lead.replace("/lead/", "/people/")
    assert read_profile(people) == read_profile(lead)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "it has no profile address"),
        ("None", "it has no profile address"),
        ("https://www.linkedin.com/company/acme", "is a company's page"),
        ("https://www.linkedin.com/search/results/people?x=1", "is a search"),
        ("https://www.linkedin.com/in/", "is no person's profile"),
        ("https://www.linkedin.com.evil.example/in/ada", "is no LinkedIn profile"),
        ("https://evil.example/?u=linkedin.com/in/ada", "is no LinkedIn profile"),
        ("https://lnkd.in/abcd", "is a short link"),
        ("ada@example.com", "is no LinkedIn profile"),
        ("https://uk.linkedin.com/pub/ada/1/2/3", "is an address of the old form"),
        ("https://[::1", "is no web address"),
        ("https://www.linkedin.com/in/a b", "names no person"),
    ],
)
def test_what_is_no_persons_profile_says_what_it_is(written, why):
    with pytest.raises(UnreadableProfileError, match=why):
        read_profile(written)


@given(st.text(max_size=80))
def test_whatever_stands_there_is_a_profile_or_a_sentence(written):
    try:
        profile = read_profile(written)
    except UnreadableProfileError:
        return
    name = profile.public_identifier or profile.provider_id
    assert read_profile(f"https://www.linkedin.com/in/{name}/") == profile


@pytest.mark.parametrize(
    ("header", "values"),
    [
        (
            "First Name,Last Name,URL,Email Address,Company,Position",
            "Ada,Lovelace,https://www.linkedin.com/in/ada,a@x.org,Analytical,Countess",
        ),
        (
            "First name,Last name,Email,Current Job,Company Name,Prospect LinkedIn URL",
            "Ada,Lovelace,a@x.org,Countess,Analytical,https://www.linkedin.com/in/ada",
        ),
        (
            "firstName,lastName,linkedInProfileUrl,title,companyName,email",
            "Ada,Lovelace,linkedin.com/in/ada,Countess,Analytical,a@x.org",
        ),
        (
            "Record ID,First Name,Last Name,Email,Job Title,Associated Company,"
            "LinkedIn Bio",
            "17,Ada,Lovelace,a@x.org,Countess,Analytical,https://linkedin.com/in/ada",
        ),
        (
            "full_name;job_title;company;e-mail;profile url",
            "Ada Lovelace;Countess;Analytical;a@x.org;linkedin.com/in/ada",
        ),
    ],
    ids=["LinkedIn", "Sales Navigator", "lead export", "HubSpot", "by hand"],
)
def test_the_columns_of_exports_are_recognised(header, values):
    (row,) = rows_of(f"{header}\n{values}\n")
    assert (
        row.first_name,
        row.last_name,
        row.company,
        row.job_title,
        row.email,
        row.public_identifier,
    ) == ("Ada", "Lovelace", "Analytical", "Countess", "a@x.org", "ada")


def test_lines_above_the_header_of_linkedins_own_export_are_passed_over():
    (row,) = rows_of(
        'Notes:\n"When exporting your connection data, you may notice, that some"\n\n'
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
        "Ada,Lovelace,https://www.linkedin.com/in/ada,,,,01 May 2026\n"
    )
    assert (row.line, row.is_connected) == (5, True)


def test_other_columns_become_custom_fields_and_declared_spellings_win():
    (row,) = rows_of(
        "LinkedIn,Subject Line,custom:Ice Breaker,2nd Phone,Largest City (2026)\n"
        "ada,Engines,Hi!,+44,London\n",
        ["subjectLine"],
    )
    assert row.custom == {
        "subjectLine": "Engines",
        "ice_breaker": "Hi!",
        "c_2nd_phone": "+44",
        "largest_city_2026": "London",
    }


def test_a_public_address_is_taken_before_a_sales_navigator_one():
    (row,) = rows_of(
        "Sales Navigator URL,LinkedIn URL\n"
        "https://www.linkedin.com/sales/lead/ACwAAAbcdEfghIjkl,linkedin.com/in/ada\n"
    )
    assert row.public_identifier == "ada"


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [
        ("utf-8", ","),
        ("utf-8-sig", ";"),
        ("latin-1", ";"),
        ("cp1252", "\t"),
        ("utf-16", "\t"),
    ],
)
def test_encodings_and_delimiters_are_found(encoding, delimiter):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(
        [
            ["Name", "LinkedIn URL", "Company"],
            ["Zoë Müller", "linkedin.com/in/zoe", "Café, Söhne; & Co"],
        ]
    )
    (row,) = rows_of(out.getvalue().encode(encoding))
    assert (row.first_name, row.last_name, row.company) == (
        "Zoë",
        "Müller",
        "Café, Söhne; & Co",
    )


def test_one_damaged_character_does_not_turn_a_file_into_another_encoding():
    text = "Name,LinkedIn URL\nZoë,in/zoe\nJosé,in/jose\nChloé,in/chloe\n".encode()
    damaged = text.replace("José".encode(), b"Jos\xe9")
    good, bad, other = rows_of(damaged)
    assert (good.first_name, other.first_name) == ("Zoë", "Chloé")
    assert str(bad) == "line 3: it holds a character that is not UTF-8"


def test_a_quoted_value_may_hold_lines_delimiters_and_quotes():
    first, second = rows_of(
        'LinkedIn URL,Company\nin/ada,"Analytical,\n ""Engines""\r\nLtd"\nin/alan,B\n'
    )
    assert first.company == 'Analytical,\n "Engines"\r\nLtd'
    assert (second.line, second.company) == (5, "B")


def test_bad_rows_are_refused_by_line_and_the_others_stay():
    text = (
        "LinkedIn URL,Company\n"
        "in/ada,Analytical\n"
        ",Nobody\n"
        "https://www.linkedin.com/company/acme,Acme\n"
        "\n"
        "in/alan,Bletchley,too,many\n"
        "IN/ADA,again\n"
        f"in/long,{'x' * 10_001}\n"
        "in/grace,Navy\n"
    )
    assert refusals(text) == [
        "line 3: it has no profile address",
        'line 4: "https://www.linkedin.com/company/acme" is a company\'s page',
        "line 6: it has 4 values and the header 2 names",
        "line 7: it is the person of line 2",
        "line 8: a value has more than 10000 characters",
    ]
    people = [row for row in rows_of(text) if isinstance(row, ProspectRow)]
    assert [row.public_identifier for row in people] == ["ada", "grace"]


def test_a_quote_that_nobody_closes_costs_one_row():
    text = (
        'LinkedIn URL,Company\nin/ada,"Analytical\nin/alan,B\nin/grace,"C"\nin/joan,D\n'
    )
    assert refusals(text) == ["line 2: a quote is opened there and never closed"]
    assert len(rows_of(text)) == 4


def test_a_file_full_of_open_quotes_is_read_in_reasonable_time():
    lines = [f'in/ada-{number},"open' for number in range(3_000)]
    text = "\n".join(["LinkedIn URL,Company", *lines])
    assert len(refusals(text)) == 3_000


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\n \n", "The file is empty."),
        (b"Name,Company\nAda,Analytical\n", "No column holds profile addresses."),
        (b"\xff\xfe\x00", "The file begins like UTF-16 and is not."),
        (bytes(range(256)), "No column holds profile addresses."),
    ],
)
def test_a_file_without_any_person_is_a_sentence(content, sentence):
    with pytest.raises(UnreadableExportError, match=sentence):
        read_export(content)


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
    connection.execute(
        "insert into outreach.prospects (workspace_id, public_identifier,"
        " do_not_contact_at, do_not_contact_reason) values (%s, 'shy', %s, 'asked')",
        [workspace_id, NOON],
    )
    known = [
        connection.execute(
            "select public_identifier from outreach.prospects inner join"
            " outreach.campaign_prospects using (prospect_id) where enrollment_id = %s",
            [enrollment_id],
        ).fetchone()[0]
        for enrollment_id in (elsewhere, accepted, finished)
    ]
    lines = ["LinkedIn URL,Connected On,DNC", *known, "shy", "friend,1 May 2026"]
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
        "LinkedIn URL,First Name,Company,Subject Line,Kept\nada,Ada,Engines,Hello,no\n",
    )
    assert (done.enrolled, done.new_people) == (1, 0)
    assert connection.execute(
        "select first_name, company, custom from outreach.prospects"
    ).fetchone() == ("Augusta", "Engines", {"subject_line": "Hello", "kept": "yes"})


def test_who_has_linkedins_id_needs_no_look_up(connection, saved):
    bring(connection, saved, "LinkedIn URL\nACoAABcDeFgHiJkLmNoPqRs\nin/ada\n")
    assert connection.execute(
        "select jobs.action from outreach.campaign_send_jobs as jobs order by job_id"
    ).fetchall() == [("send_invite",), ("resolve_profile",)]


def test_without_a_look_up_step_only_known_ids_go_in(connection):
    make_senders(connection)
    saved = save(connection, PLAIN, NOON)
    done = bring(connection, saved, "LinkedIn URL\nACoAABcDeFgHiJkLmNoPqRs\nin/ada\n")
    assert done.enrolled == 1
    assert [str(row) for row in done.refused] == [
        "line 3: it has no LinkedIn id (ACoAA…), and the campaign has no "
        "resolve_profile step to look one up"
    ]


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


@pytest.fixture
def campaign_in_a_database(database):
    with database.connect() as connection:
        make_senders(connection)
        save(connection, LOOKING_UP, NOON)
    return database


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


def run(database, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "scripts/import_prospects.py", *map(str, arguments)],
        cwd=PROJECT_ROOT,
        env=database.environment() | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_script_is_a_dry_run_until_commit_and_says_what_it_did(
    campaign_in_a_database, tmp_path
):
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE + ",,,,\nx,y,nowhere.example/z,,\n", encoding="utf-8-sig")
    arguments = (path, "--campaign", "PIPL Connection")
    dry = run(campaign_in_a_database, *arguments)
    assert dry.returncode == 1
    assert "3 would be enrolled (3 new people)" in dry.stdout
    assert "Nothing was written: add --commit and set CONFIRM=yes." in dry.stdout
    confirmed = {"CONFIRM": "yes"}
    written = run(campaign_in_a_database, *arguments, "--commit", **confirmed)
    assert "4 rows, 3 enrolled (3 new people)\n1 refused" in written.stdout
    assert (
        'refused: line 6: "nowhere.example/z" is no LinkedIn profile' in written.stderr
    )
    again = run(campaign_in_a_database, *arguments, "--commit", **confirmed)
    assert "0 enrolled (0 new people)\n3 not enrolled: enrolled in" in again.stdout
    with campaign_in_a_database.connect() as connection:
        assert connection.execute(
            "select count(*) from outreach.campaign_send_jobs"
        ).fetchone() == (3,)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("none.csv", "--campaign", "PIPL Connection"), "none.csv cannot be read"),
        (("{file}", "--campaign", "PIPL Conection"), 'Did you mean "PIPL Connection"?'),
        (
            ("{file}", "--campaign", "1", "--workspace", "Akme"),
            'There is no workspace "Akme". Did you mean "Acme"?',
        ),
    ],
)
def test_bad_arguments_are_a_sentence_and_2(
    campaign_in_a_database, tmp_path, arguments, sentence
):
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    done = run(campaign_in_a_database, *(part.format(file=path) for part in arguments))
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


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
