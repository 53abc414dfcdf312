"""Alerts and holds that a sender leaves."""


def alerts(workspace):
    return workspace.all(
        "select code, subject from outreach.linkedin_admin_alerts"
        " where resolved_at is null order by alert_id"
    )


def holds(workspace):
    return workspace.all(
        "select account_id, action, held_until from outreach.linkedin_account_holds"
    )
