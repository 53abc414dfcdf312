"""Saving a campaign: everything or nothing, steps that keep their ids, re-arming."""

import psycopg
import pytest

from tests.support.campaign_files import (
    ALL_LIMITS,
    NOTE,
    PLAIN,
    account_id_of,
    make_senders,
    save,
)
from tests.support.rows import (
    NOON,
    claim,
    make_account,
    make_workspace,
)
from tests.support.saved_campaigns import enroll, refusal
from trueup.campaigns import parse_campaign
from trueup.campaigns.saving import save_campaign
from trueup.templates import FIELDS, stamp


def steps_of(connection, campaign_id):
    return connection.execute(
        "select step_id, action, position from outreach.campaign_steps"
        " where campaign_id = %s and removed_at is null order by position",
        [campaign_id],
    ).fetchall()


def test_a_saved_campaign_has_its_accounts_steps_and_stamps(connection, workspace_id):
    saved = save(connection, PLAIN, NOON)
    assert saved.is_new
    assert [row[1] for row in steps_of(connection, saved.campaign_id)] == [
        "send_invite",
        "wait_accept",
        "send_message",
    ]
    assert connection.execute(
        "select field, template, validation_stamp, validated_at, custom_fields"
        " from outreach.campaign_step_templates order by field desc"
    ).fetchone() == (
        "note",
        NOTE,
        stamp(NOTE, FIELDS, ["subject_line"]),
        NOON,
        ["subject_line"],
    )
    assert connection.execute(
        "select status, custom_fields, settings from outreach.campaigns"
    ).fetchone() == ("running", ["subject_line"], {"stop_on_reply": True})
    assert connection.execute(
        "select workspace_id, account_id from outreach.campaign_accounts"
    ).fetchall() == [(workspace_id, account_id_of(connection, workspace_id))]


def test_a_campaign_without_accounts_has_all_that_are_not_deleted(connection):
    workspace_id = make_senders(connection, "Anisha", "Pinki", "Hafiz")
    connection.execute(
        "select outreach.flip_linkedin_account_status(%s, %s, %s, %s, %s)",
        [
            workspace_id,
            account_id_of(connection, workspace_id, "Hafiz"),
            "deleted",
            "a test",
            "test",
        ],
    )
    save(connection, PLAIN.replace("accounts: [Anisha]\n", ""), NOON)
    assert connection.execute(
        "select account_id from outreach.campaign_accounts order by account_id"
    ).fetchall() == [
        (account_id_of(connection, workspace_id, name),) for name in ("Anisha", "Pinki")
    ]


def test_a_workspace_without_accounts_can_save_no_campaign(connection):
    make_workspace(connection)
    text = PLAIN.replace("accounts: [Anisha]\n", "")
    refused = refusal(connection, text)
    assert "The workspace has no account. Connect one first." in str(refused)


def test_what_a_campaign_notifies_of_is_what_its_file_says(connection, workspace_id):
    def saved(line):
        save(connection, PLAIN.replace("accounts:", f"{line}\naccounts:"), NOON)
        rows = connection.execute(
            "select about from outreach.campaign_notifications order by about desc"
        )
        return [about for (about,) in rows]

    assert saved("# nothing") == []
    assert saved("notify: [accept, reply]") == ["reply", "accept"]
    assert saved("notify: [reply]") == ["reply"]
    assert saved("# nothing") == []


def test_all_errors_of_all_steps_are_listed_and_nothing_is_saved(
    connection, workspace_id
):
    text = """\
name: Broken
accounts: [Anisha, Nobody]
steps:
  - action: send_invite
    note: |
      Hi {{firstName}},
      I know {{company}.
  - action: wait_accept
  - action: send_message
    variants:
      - message: "{firstName}} hello"
      - message: "Hi {{custom.nothing}}"
"""
    errors = refusal(connection, text)
    assert [error.splitlines()[0].split(":")[0] for error in errors] == [
        "pipl.yml, line 2",
        "pipl.yml, line 7",
        "pipl.yml, line 11",
        "pipl.yml, line 12",
    ]
    assert errors[0] == (
        'pipl.yml, line 2: There is no account "Nobody". There are: "Anisha".'
    )
    assert "Step 1, note, line 2, column 17" in errors[1]
    assert "did you mean: {{company}}" in errors[1]
    assert connection.execute("select count(*) from outreach.campaigns").fetchone() == (
        0,
    )


def test_an_unchanged_save_changes_no_id_and_moves_nobody(connection, workspace_id):
    saved = save(connection, PLAIN, NOON)
    enroll(connection, saved)
    again = save(connection, PLAIN, NOON)
    assert not again.is_new
    assert again.step_ids == saved.step_ids
    assert (again.new_step_count, again.removed_step_count) == (0, 0)
    assert claim(connection, workspace_id) != []


def test_a_step_keeps_its_id_when_others_are_inserted_and_moved_around_it(
    connection, workspace_id
):
    saved = save(connection, PLAIN, NOON)
    longer = PLAIN.replace(
        "  - id: invite",
        "  - action: comment\n"
        "    post: custom.subject_line\n"
        '    comment: "Nice post"\n'
        "  - id: invite",
    )
    again = save(connection, longer, NOON)
    assert again.step_ids[1:] == saved.step_ids
    assert again.new_step_count == 1
    assert [row[2] for row in steps_of(connection, saved.campaign_id)] == [0, 1, 2, 3]


def test_a_reworded_step_without_an_id_stays_the_same_step(connection, workspace_id):
    saved = save(connection, PLAIN, NOON)
    again = save(connection, PLAIN.replace("Thanks,", "Thank you,"), NOON)
    assert again.step_ids == saved.step_ids


def test_two_alike_steps_are_told_apart_by_what_they_say(connection, workspace_id):
    two = PLAIN + '  - action: send_message\n    message: "Any news?"\n'
    saved = save(connection, two, NOON)
    swapped = (
        PLAIN[: PLAIN.index("  - action: send_message")]
        + '  - action: send_message\n    message: "Any news?"\n'
        + PLAIN[PLAIN.index("  - action: send_message") :]
    )
    again = save(connection, swapped, NOON)
    first, second, third, fourth = saved.step_ids
    assert again.step_ids == (first, second, fourth, third)


def test_a_step_with_a_new_id_and_other_words_is_a_new_step(connection, workspace_id):
    keyed = PLAIN.replace(
        "  - action: send_message", "  - id: thanks\n    action: send_message"
    )
    saved = save(connection, keyed, NOON)
    again = save(
        connection,
        keyed.replace("id: thanks", "id: hello").replace("Thanks,", "Hello,"),
        NOON,
    )
    assert again.step_ids[:2] == saved.step_ids[:2]
    assert again.step_ids[2] not in saved.step_ids
    assert again.removed_step_count == 1


def test_a_step_that_takes_an_id_keeps_its_own(connection, workspace_id):
    saved = save(connection, PLAIN, NOON)
    keyed = PLAIN.replace(
        "  - action: send_message", "  - id: thanks\n    action: send_message"
    )
    assert save(connection, keyed, NOON).step_ids == saved.step_ids


def test_an_id_never_changes_its_action(connection, workspace_id):
    save(connection, PLAIN, NOON)
    text = PLAIN.replace(
        "  - id: invite", "  - action: send_invite\n  - id: invite"
    ).replace(
        f'    action: send_invite\n    note: "{NOTE}"',
        "    action: wait\n    delay: 1 day",
    )
    assert refusal(connection, text) == [
        "pipl.yml, line 7: Step 2 (id `invite`) was saved as a send_invite and cannot "
        "become a wait: its history belongs to it. Give the new step another id."
    ]


def test_a_step_on_which_people_stand_is_not_removed(connection, workspace_id):
    saved = save(connection, PLAIN, NOON)
    enroll(connection, saved, 3, step=2)
    shorter = PLAIN[: PLAIN.index("  - action: send_message")]
    assert refusal(connection, shorter) == [
        'pipl.yml, line 4: The saved step send_message "Thanks, {{firstName | default: '
        "'friend'}…\" is missing, but 3 people are at it. Keep it "
        "until they have passed it: a step is never skipped."
    ]


def test_a_step_that_left_the_file_keeps_its_row_out_of_the_way(
    connection, workspace_id
):
    saved = save(connection, PLAIN, NOON)
    again = save(connection, PLAIN[: PLAIN.index("  - action: send_message")], NOON)
    assert again.removed_step_count == 1
    assert connection.execute(
        "select position, removed_at from outreach.campaign_steps where step_id = %s",
        [saved.step_ids[2]],
    ).fetchone() == (-1, NOON)
    assert connection.execute(
        "select count(*) from outreach.campaign_step_templates where step_id = %s",
        [saved.step_ids[2]],
    ).fetchone() == (0,)


def test_a_save_names_the_people_with_whose_values_a_text_is_too_long(
    connection, workspace_id
):
    text = PLAIN.replace("shall we", "you at {{company | default: 'work'}}, shall we")
    saved = save(connection, text, NOON)
    assert saved.too_long == ()
    enroll(connection, saved, 2)
    connection.execute(
        "update outreach.prospects set company = repeat('x', 300), last_name = 'Byron'"
        " where prospect_id = (select max(prospect_id) from outreach.prospects)"
    )
    (too_long,) = save(connection, text, NOON).too_long
    assert (too_long.step, too_long.field, too_long.people_count) == (1, "note", 1)
    assert "Byron it is longer than the 200 characters allowed" in str(too_long)
    assert save(connection, PLAIN, NOON).too_long == ()
    connection.execute(
        "update outreach.linkedin_accounts set last_name = repeat('x', 200)"
    )
    signed = PLAIN.replace("shall we", "I am {{senderLastName}}, shall we")
    (error,) = refusal(connection, signed)
    assert "at most 200 are allowed" in error


@pytest.mark.parametrize(
    ("account", "change", "sentence"),
    [
        (
            {"windows": ()},
            ("", ""),
            'Account "Anisha" has no sending window, so nothing would ever be sent.',
        ),
        (
            {"limits": ALL_LIMITS[:2]},
            ("", ""),
            'Account "Anisha" has no daily limit for send_message, and without one',
        ),
        (
            {},
            (
                "  - action: wait_accept\n",
                "  - action: send_inmail\n    subject: Hi\n    body: Hello\n"
                "  - action: wait_accept\n",
            ),
            'Account "Anisha" is a free one, and LinkedIn sends InMails of premium',
        ),
        ({}, ("[Anisha]", "[Anisha, Anisha]"), 'Account "Anisha" stands here twice.'),
        (
            {"status": "deleted"},
            ("", ""),
            'Account "Anisha" was deleted. Name another.',
        ),
    ],
)
def test_what_the_accounts_cannot_do_is_refused(connection, account, change, sentence):
    make_senders(connection, **account)
    (error,) = refusal(connection, PLAIN.replace(*change, 1))
    assert error.startswith(f"pipl.yml, line 2: {sentence}")


def test_an_account_of_another_workspace_is_refused(connection, workspace_id):
    other = make_workspace(connection)
    make_account(connection, other, "Talha")
    text = PLAIN.replace("[Anisha]", "[Talha]").replace(
        "accounts:", f"workspace: {workspace_id}\naccounts:"
    )
    assert refusal(connection, text) == [
        'pipl.yml, line 3: There is no account "Talha". There are: "Anisha".'
    ]


def test_of_several_workspaces_the_file_names_one(connection, workspace_id):
    make_workspace(connection)
    (error,) = refusal(connection, PLAIN)
    assert "The database has 2 workspaces. Say which with `workspace:`" in error


def test_a_removed_step_with_people_is_refused_by_the_database_too(
    connection, workspace_id
):
    saved = save(connection, PLAIN, NOON)
    enroll(connection, saved, 2)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="2 people"):
        connection.execute(
            "select outreach.remove_campaign_step(%s, %s, %s, %s)",
            [workspace_id, saved.campaign_id, saved.step_ids[0], NOON],
        )


def test_a_save_from_python_needs_no_file(connection, workspace_id):
    campaign = parse_campaign(PLAIN)
    assert save_campaign(connection, campaign, NOON).name == "PIPL Connection"
