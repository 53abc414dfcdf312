"""Campaigns that tests save, and a workspace whose accounts may do all of it.

Belongs here: texts and rows that several tests of campaigns share. Fixtures do not.
"""

from tests.support.rows import DSN, make_account, make_workspace
from trueup.campaigns import parse_campaign, save_campaign

ALL_LIMITS = tuple(
    (action, "day", 80)
    for action in (
        "resolve_profile",
        "send_invite",
        "send_message",
        "send_inmail",
        "comment",
    )
)
OFFICE_HOURS = tuple((day, "09:00", "17:00") for day in range(1, 6))
NOTE = "Hi {{firstName}}, shall we connect?"
PLAIN = f"""\
name: PIPL Connection
accounts: [Anisha]
custom_fields: [subject_line]
steps:
  - id: invite
    action: send_invite
    note: "{NOTE}"
  - action: wait_accept
  - action: send_message
    delay: 1 day
    message: "Thanks, {{{{firstName | default: 'friend'}}}}!"
"""


def make_senders(connection, *names, provider_dsn=DSN, **account):
    """A workspace with these accounts (Anisha alone by default); its id."""
    workspace_id = make_workspace(connection, provider_dsn)
    account = {"limits": ALL_LIMITS, "windows": OFFICE_HOURS} | account
    for name in names or ("Anisha",):
        make_account(connection, workspace_id, name, **account)
    return workspace_id


def save(connection, text, as_of, **changes):
    """Save a campaign file's text, each key of changes replaced by its value first."""
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return save_campaign(connection, parse_campaign(text, "pipl.yml"), as_of)


def account_id_of(connection, workspace_id, name="Anisha"):
    return connection.execute(
        "select account_id from outreach.linkedin_accounts"
        " where workspace_id = %s and name = %s",
        [workspace_id, name],
    ).fetchone()[0]
