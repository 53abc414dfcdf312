"""Campaign files: what is read, and what is refused with which line and sentence."""

import json
import os
import pathlib

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.campaign_files import PLAIN
from tests.support.command_line import ran_as_a_process, ran_here
from trueup.campaigns import (
    RefusedCampaignError,
    check_campaign,
    parse_campaign,
    read_campaign_file,
)
from trueup.campaigns.model import SETTINGS
from trueup.templates import TEXT_FIELDS, field_names

ROOT = pathlib.Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "campaigns").glob("*.yml"))
SCHEMA = json.loads((ROOT / "trueup/campaigns/campaign.schema.json").read_text())


def errors_of(text):
    try:
        check_campaign(parse_campaign(text, "c.yml"))
    except RefusedCampaignError as refused:
        return [str(error).splitlines()[0] for error in refused.errors]
    return []


def run(*arguments, stdin=None):
    return ran_here(os.environ, *arguments, input=stdin)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_example_campaigns_are_valid_and_name_the_schema(path):
    check_campaign(read_campaign_file(path))
    first = path.read_text().splitlines()[0]
    _, _, schema = first.partition("$schema=")
    assert (path.parent / schema).resolve() == (
        ROOT / "trueup/campaigns/campaign.schema.json"
    )


def test_the_examples_are_a_first_campaign_and_those_of_the_incidents():
    assert [read_campaign_file(path).name for path in EXAMPLES] == [
        "EU SaaS Outreach",
        "First Campaign",
        "PIPL Connection",
    ]


def test_the_schema_is_one_and_knows_every_action_and_its_fields():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["definitions"]["action"]["enum"] == list(TEXT_FIELDS)
    for action in TEXT_FIELDS:
        fields = field_names(action)
        properties = SCHEMA["definitions"][action]["properties"]
        assert set(fields) | set(SETTINGS.get(action, ())) == set(properties) - {
            "action",
            "id",
            "delay",
            "variants",
        }
        if fields:
            variant = properties["variants"]["items"]["properties"]
            assert set(variant) == {"name", "weight", *fields}


def test_an_invite_may_say_what_becomes_of_a_note_that_is_held():
    invite = parse_campaign(
        "name: A\naccounts: [Talha]\nsteps:\n"
        "  - action: send_invite\n    note: Hi\n    on_note_limit: leave_out\n"
    ).steps[0]
    assert invite.all_settings() == {"on_note_limit": "leave_out"}


def test_a_campaign_is_what_its_file_says():
    campaign = read_campaign_file(ROOT / "campaigns/eu_saas_outreach.yml")
    assert campaign.workspace == "EU SaaS"
    assert campaign.accounts == ("Talha",)
    assert campaign.custom_fields == ("subject_line", "region")
    _, invite, accepted, hello, _, _ = campaign.steps
    assert invite.all_settings() == {"weights": {"A": 2, "B": 1}}
    assert accepted.all_settings() == {"time_out": "3 weeks", "on_time_out": "withdraw"}
    assert (hello.key, hello.delay) == ("hello", "2 days")
    assert [variant.name for variant in hello.variants] == ["A"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ("accounts: [Anisha]", "accounts: []"),
            "line 2: `accounts` is empty. Fill it in, or take the line out.",
        ),
        (
            ("name: PIPL Connection", "nam: PIPL Connection"),
            "line 1: A campaign has no `nam`. Did you mean `name`?",
        ),
        (
            ("delay: 1 day", "delay: 1"),
            "line 10: Step 3, `delay` cannot be 1. Write a number and minutes, hours, "
            "days or weeks, such as `2 days`.",
        ),
        (
            ("action: send_message", "action: send_mesage"),
            'line 9: Step 3, `action` cannot be "send_mesage". Did you mean '
            "`send_message`?",
        ),
        (
            ("  - action: wait_accept\n", ""),
            "line 8: Step 2 (send_message) can never be done: LinkedIn takes messages "
            "to connections only, and nothing before it waits for the accept of an "
            "invite. Put `wait_accept` before it.",
        ),
        (
            ("[subject_line]", "[subject line]"),
            'line 3: `custom_fields[1]` cannot be "subject line". Letters, digits and '
            "_, beginning with a letter.",
        ),
        (
            ("[subject_line]", "[region, region]"),
            "line 3: `region` is declared twice.",
        ),
        (
            ("  - action: wait_accept", "  - id: invite\n    action: wait_accept"),
            "line 8: Step 2 has the id `invite` of step 1. Give it another.",
        ),
        (
            (
                "  - action: wait_accept",
                "  - action: wait_accept\n    time_out: 2 days",
            ),
            "line 9: Step 2 has `time_out` without `on_time_out`. A time-out says "
            "when, and whether it will `withdraw` or `move_on`.",
        ),
        (
            (
                "  - action: wait_accept",
                "  - action: wait_accept\n"
                "    time_out: 2 days\n"
                "    on_time_out: move_on",
            ),
            "line 10: Step 2 moves on to a message to people who never accepted, and "
            "LinkedIn takes messages to connections only. Write `on_time_out: "
            "withdraw`, or let an InMail or a comment follow.",
        ),
        (
            (
                "  - action: wait_accept",
                "  - action: wait_accept\n  - action: send_invite\n"
                "    on_note_limit: leave_out",
            ),
            "line 10: Step 3 has `on_note_limit` and no note. Write a `note`, or leave "
            "the key out.",
        ),
        (
            ("  - action: wait_accept", "  - action: wait\n    delay: 0 days"),
            "line 9: Step 2 waits for no time at all. Write `delay: 2 days`.",
        ),
        (
            ("name: PIPL Connection", "name: yes & no\nname: again"),
            "line 2: `name` stands here twice. Keep one of them.",
        ),
        (
            ('"Hi {{firstName}}, shall we connect?"', "{{firstName}}, hello"),
            "line 7: A text that begins with a brace must be quoted, or stand below a "
            '`|`, or YAML takes it for data. Write it as "{{firstName}} …".',
        ),
        (
            ('"Hi {{firstName}}, shall we connect?"', "{Hi|Hello} {{firstName}}"),
            "line 7: A text that begins with a brace must be quoted, or stand below a "
            '`|`, or YAML takes it for data. Write it as "{{firstName}} …".',
        ),
        (
            ('"Hi {{firstName}}, shall we connect?"', "%FIRSTNAME%, hello"),
            "line 7: A text that begins with % must be quoted, or stand below a `|`, "
            'or YAML takes it for a sign of its own. Write it as "…".',
        ),
        (
            ('"Hi {{firstName}}, shall we connect?"', '" "'),
            "line 7: Step 1, note shows nothing. Write the text, or take the line out.",
        ),
        (
            ('"Hi {{firstName}}, shall we connect?"', f'"{"x" * 301}"'),
            "line 7: With the longest values this is 301 characters long, and at most "
            "300 are allowed. Take 1 away.",
        ),
        (
            ("    delay: 1 day", "\tdelay: 1 day"),
            "line 10: YAML is indented with blanks; this line begins with a tab.",
        ),
        (
            ("  - action: wait_accept", "  - action: comment\n    post: custom.post"),
            "line 8: Step 2 (comment) has no `comment`. Write it there.",
        ),
        (
            ("accounts:", "notify: [replies]\naccounts:"),
            'line 2: `notify[1]` cannot be "replies". Did you mean `reply`?',
        ),
        (
            ("accounts:", "notify: reply\naccounts:"),
            'line 2: `notify` must be a list, not "reply".',
        ),
        (
            ("  - id: invite\n    action: send_invite", "  - id: invite"),
            "line 5: Step 1 needs `action`.",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(change, expected):
    assert change[0] in PLAIN
    assert f"c.yml, {expected}" in errors_of(PLAIN.replace(*change, 1))


def test_a_wrong_shape_and_a_wrong_text_are_told_together():
    text = PLAIN.replace("delay: 1 day", "delay: soon").replace(
        "{{firstName}}", "{{firstName}"
    )
    assert [error.split(":")[0] for error in errors_of(text)] == [
        "c.yml, line 7",
        "c.yml, line 10",
    ]


def test_the_line_of_an_error_in_a_block_is_the_files_own_line():
    text = PLAIN.replace(
        '"Hi {{firstName}}, shall we connect?"',
        "|\n      Hi {{firstName}},\n\n      from {{company} with love",
    )
    assert errors_of(text) == [
        "c.yml, line 10: This merge tag closes with one brace only. Write }} in place "
        "of the }."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "just words",
        "- a\n- b",
        "a: [1,",
        "a: &b c\nd: *b",
        "a: !!python/object/apply:os.system [ls]",
        "? {a: b}\n: c",
        "a: 1\n---\nb: 2",
        "name: \x01",
        "[" * 1_100,
        "steps: {}",
        "steps: [1, null, [], {action: 3}]",
        "name: 2026-05-01\naccounts: [yes]\nsteps: [{action: wait, delay: on}]",
        "x: " + "a" * 1_000_000,
    ],
)
def test_what_is_no_campaign_is_refused_in_sentences(text):
    errors = errors_of(text)
    assert errors
    assert all(
        error.startswith("c.yml") and error.endswith((".", "?", '…".', "`."))
        for error in errors
    )


@given(
    st.text(max_size=200) | st.binary(max_size=200).map(lambda b: b.decode("latin-1"))
)
def test_no_text_at_all_ends_in_a_traceback(text):
    assert errors_of(text) != []


@given(
    at=st.integers(0, len(PLAIN) - 1),
    new=st.sampled_from(["", "\t", ":", "{", "}", "-", "\n", '"', "#", "&", "[", "x"]),
)
def test_one_character_changed_is_read_or_refused(at, new):
    assert isinstance(errors_of(PLAIN[:at] + new + PLAIN[at + 1 :]), list)


def test_a_date_and_a_yes_stay_what_was_written():
    text = PLAIN.replace("PIPL Connection", "2026-05-01").replace("Anisha", "no")
    campaign = parse_campaign(text)
    assert (campaign.name, campaign.accounts) == ("2026-05-01", ("no",))


def test_check_ends_with_1_and_names_every_error(tmp_path):
    broken = tmp_path / "broken.yml"
    broken.write_text(PLAIN.replace("{{firstName}}", "{{firstName}"), encoding="utf-8")
    done = run("campaign", "save", "--check", str(broken), str(EXAMPLES[0]))
    assert done.returncode == 1
    assert "line 7: This merge tag closes with one brace only" in done.stderr
    assert "EU SaaS Outreach is valid." in done.stdout
    assert "A person without" not in done.stdout
    assert "Traceback" not in done.stderr


def test_check_says_which_blank_values_would_park_a_person(tmp_path):
    path = tmp_path / "campaign.yml"
    path.write_text(PLAIN, encoding="utf-8")
    done = run("campaign", "save", "--check", str(path))
    assert done.returncode == 0
    assert "A person without firstName is parked until they have one." in done.stdout
    assert "{{ firstName | default: 'there' }}" in done.stdout


@pytest.mark.parametrize("content", [None, b"name: caf\xe9", b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path, content):
    path = tmp_path / "campaign.yml"
    if content is not None:
        path.write_bytes(content)
    done = run("campaign", "save", "--check", str(path))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith(str(path))


def test_saving_from_the_command_line(database, tmp_path):
    from tests.support.campaign_files import make_senders

    with database.connect() as connection:
        make_senders(connection)
    path = tmp_path / "pipl.yml"
    path.write_text(PLAIN, encoding="utf-8")
    done = ran_as_a_process(
        database.environment(), "campaign", "save", path, EXAMPLES[0]
    )
    assert done.returncode == 1
    assert "PIPL Connection is saved as campaign 1 with 3 steps (3 new" in done.stdout
    assert 'There is no workspace "EU SaaS"' in done.stderr
    assert "Traceback" not in done.stderr


def test_one_template_is_judged_from_an_argument_a_file_or_standard_input(tmp_path):
    path = tmp_path / "note.txt"
    path.write_text("Hi {{firstName}", encoding="utf-8")
    script = ("template", "check")
    assert run(*script, "Hi {{firstName}}").returncode == 0
    assert run(*script, stdin="Hi {{custom.x}}").returncode == 1
    assert run(*script, "Hi {{custom.x}}", "--custom", "x").returncode == 0
    refused = run(*script, "--file", str(path))
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[1:4] == [
        "Line 1, column 15",
        "Hi {{firstName}",
        "              ^",
    ]
    both = run(*script, "Hi", "--file", str(path))
    assert (both.returncode, "not both" in both.stderr) == (2, True)
    missing = run(*script, "--file", str(tmp_path / "none"))
    assert (missing.returncode, "Traceback" in missing.stderr) == (2, False)
