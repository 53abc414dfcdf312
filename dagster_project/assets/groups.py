"""Groups of assets that fit a screen: a layer of dbt, and what its tables are about.

Belongs here: which group an asset of dbt is in. The groups of other assets are theirs.
"""

# The first subject with one of its words in the name of the table or model.
SUBJECTS = (
    ("accounts", ("linkedin_account", "weekly_account")),
    ("queue", ("job", "queue", "next_action", "blocker", "idle", "forecast")),
    ("campaigns", ("campaigns", "step", "template", "campaign_accept", "parked")),
    ("campaigns", ("cohort",)),
    ("people", ("prospect", "enrollment", "accept", "repl", "do_not_contact")),
    ("sends", ("send", "attempt", "outcome", "counter", "sent", "campaign_events")),
    ("sends", ("dates",)),
    ("accounts", ("account", "workspace", "timezone", "pause")),
)
OTHERS = "provider"


def group_of(layer: str, name: str) -> str:
    """Such as staging_people, for a model or table of that layer."""
    for subject, words in SUBJECTS:
        if any(word in name for word in words):
            return f"{layer}_{subject}"
    return f"{layer}_{OTHERS}"
