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


def park(opened, workspace_id, enrollment_ids):
    """Parks people for a template, past the rules, as if an older release had."""
    with opened.transaction():
        opened.execute("set local session_replication_role = replica")
        opened.execute(
            "update outreach.campaign_prospects"
            " set linkedin_status = 'pending_template_fix'"
            " where workspace_id = %s and enrollment_id = any(%s)",
            [workspace_id, enrollment_ids],
        )


def refusal(connection, text):
    with pytest.raises(RefusedCampaignError) as refused:
        save(connection, text, NOON)
    return [str(error) for error in refused.value.errors]
