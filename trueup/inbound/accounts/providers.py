"""Which provider is asked about an account, where both versions are set.

Belongs here: this choice for a person's command. Does not: work that is done for each
provider in turn.
"""

import psycopg

from trueup.inbound.settings import providers_of_environment


def provider_for(
    connection: psycopg.Connection, workspace_id: int, account_id: int | None = None
) -> tuple[str, str]:
    """The address and key for an account, or for the login of a new one.

    Where the settings do not hold this address, the first that is set: the database
    refuses it with a sentence. Raises UnusableSettingError if none is set.
    """
    row = connection.execute(
        "select outreach.address_for_login(%s, %s)", [workspace_id, account_id]
    ).fetchone()
    all_set = providers_of_environment()
    wanted = None if row is None else row[0]
    return next((each for each in all_set if each[0] == wanted), all_set[0])
