"""People of a saved campaign."""

import pytest

from tests.support.campaign_files import (
    account_id_of,
    save,
)
from tests.support.rows import (
    NOON,
    make_enrollments,
)
from trueup.campaigns import RefusedCampaignError


def enroll(connection, saved, count=1, step=0, name="Anisha", run_at=NOON):
    account_id = account_id_of(connection, saved.workspace_id, name)
    return make_enrollments(
        connection,
        saved.workspace_id,
        account_id,
        saved.campaign_id,
        saved.step_ids[step],
        count,
        run_at,
    )


def refusal(connection, text):
    with pytest.raises(RefusedCampaignError) as refused:
        save(connection, text, NOON)
    return [str(error) for error in refused.value.errors]
