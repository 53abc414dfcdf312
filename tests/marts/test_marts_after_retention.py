"""Every mart says the same before and after old raw columns were emptied."""

import datetime as dt
import os
from unittest import mock

from tests.marts.test_past_marts import marts_built
from tests.support.campaign_history import (
    CampaignHistory,
    clock,
    make_first_events,
    make_later_events,
)
from tests.support.dbt_runner import modelled_copy
from trueup.postgres.retention import empty_raw_columns

DAY = dt.timedelta(days=1)


def test_marts_are_equal_before_and_after_retention(template_database):
    with modelled_copy(template_database) as database, database.connect() as connection:
        connection.autocommit = True
        history = CampaignHistory(connection)
        make_first_events(history)
        make_later_events(history)
        now = clock(connection)
        for at in (now, now + DAY, now + 399 * DAY):
            connection.execute(
                "select outreach.record_provider_read(workspace_id, account_id,"
                " 'relations', null, %(at)s, %(at)s, true, 1, null,"
                """ '[{"provider_id": "ACoAAtim"}]')"""
                " from outreach.linkedin_accounts",
                {"at": at},
            )
        later = now + 400 * DAY
        with mock.patch.dict(os.environ, PGDATABASE=database.name):
            before = marts_built(database, connection, later)
            emptied = empty_raw_columns(connection, later)
            after = marts_built(database, connection, later)
    assert emptied["provider_reads.items"].rows >= 2
    assert after == before
    assert any(before.values())
