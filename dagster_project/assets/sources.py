"""The tables that dbt reads, as assets that others write.

Belongs here: which table is written by which asset, so that lineage reads from the
queue to the marts.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from dagster_project.assets.dbt_models import ModelTranslator

# Tables that are assets themselves, under the table's own name.
ASSETS = frozenset({"template_validations"})

# Tables that an asset writes. The rest is written by people, imports and heals.
WRITTEN_BY: Mapping[str, str] = {
    "campaign_events": "send_queue",
    "campaign_prospects": "send_queue",
    "campaign_send_jobs": "send_queue",
    "linkedin_account_holds": "send_queue",
    "linkedin_daily_counters": "send_queue",
    "send_attempt_outcomes": "send_queue",
    "send_attempts": "send_queue",
}


def source_tables_from(manifest: Mapping[str, Any]) -> list[dg.AssetSpec]:
    """A spec for each source table of the dbt project."""
    translator = ModelTranslator()
    specs = []
    for unique_id, source in manifest["sources"].items():
        if source["name"] in ASSETS:
            continue
        spec = translator.get_asset_spec(manifest, unique_id, None)
        writer = WRITTEN_BY.get(source["name"])
        specs.append(
            dg.AssetSpec(
                key=spec.key,
                deps=[writer] if writer else [],
                description=spec.description,
                group_name=spec.group_name,
                owners=spec.owners,
                kinds={"postgres", "table"},
            )
        )
    return specs
