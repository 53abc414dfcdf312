"""The source tables of dbt, as assets.

Belongs here: which asset writes which table, so that lineage goes from the queue to the
marts.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from dagster_project.assets.dbt_models import ModelTranslator

# Tables that are assets themselves, under the table's own name.
ASSETS = frozenset({"template_validations"})

# The asset that writes each table. People, imports and heals write the others.
WRITTEN_BY: Mapping[str, Sequence[str]] = {
    "accept_credits": ["resolved_accepts"],
    "campaign_events": ["send_queue", "resolved_accepts"],
    "campaign_prospects": ["send_queue", "resolved_accepts"],
    "campaign_send_jobs": ["send_queue", "resolved_accepts"],
    "linkedin_account_holds": ["send_queue"],
    "linkedin_account_status_audit": ["refreshed_accounts"],
    "linkedin_accounts": ["refreshed_accounts"],
    "linkedin_daily_counters": ["send_queue"],
    "linkedin_events": [
        "inbound_events",
        "polled_lists",
        "polled_replies",
        "refreshed_accounts",
    ],
    "provider_accounts": ["refreshed_accounts"],
    "provider_wide_reads": ["webhook_subscriptions", "refreshed_accounts"],
    "send_attempt_outcomes": ["send_queue"],
    "send_attempts": ["send_queue"],
    "whole_provider_reads": ["polled_lists", "polled_replies", "refreshed_accounts"],
}


def source_tables_from(manifest: Mapping[str, Any]) -> list[dg.AssetSpec]:
    """A spec for each source table of the dbt project."""
    translator = ModelTranslator()
    specs = []
    for unique_id, source in manifest["sources"].items():
        if source["name"] in ASSETS:
            continue
        spec = translator.get_asset_spec(manifest, unique_id, None)
        specs.append(
            dg.AssetSpec(
                key=spec.key,
                deps=WRITTEN_BY.get(source["name"], []),
                description=spec.description,
                group_name=spec.group_name,
                owners=spec.owners,
                kinds={"postgres", "table"},
            )
        )
    return specs
