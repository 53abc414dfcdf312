"""Lineage and jobs: what reads what, and what each job runs."""

import dagster as dg
import pytest

from dagster_project.schedules.models import MODEL_JOBS
from tests.support.asset_graphs import key, names_of

# Imports of dagster_dbt and a name of pydantic that dagster still reads by its old one.
pytestmark = [
    pytest.mark.filterwarnings("ignore:sqlglotrs is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:The .__fields__. attribute is deprecated"),
]


def upstream_of(graph, *names):
    upstream = {key(name) for name in names}
    while True:
        further = upstream.union(*(graph.get(asset).parent_keys for asset in upstream))
        if further == upstream:
            return names_of(upstream)
        upstream = further


def test_lineage_leads_from_the_queue_through_marts_to_the_heal(graph):
    upstream = upstream_of(graph, "healed_daily_counters")

    assert "send_queue" in upstream
    assert "campaign_events" in upstream
    assert "stg_send_attempts" in upstream
    assert "daily_account_counters" in upstream


@pytest.mark.parametrize(
    ("mart", "writer"),
    [
        ("campaign_accept_stats", "resolved_accepts"),
        ("account_last_activity", "inbound_events"),
        ("account_last_activity", "polled_lists"),
        ("account_status", "refreshed_accounts"),
        ("webhook_coverage", "webhook_subscriptions"),
    ],
)
def test_lineage_leads_from_the_providers_events_to_the_marts(graph, mart, writer):
    assert writer in upstream_of(graph, mart)


def test_what_endpoints_are_told_comes_after_accepts_and_accounts(senders_graph):
    assert {"resolved_accepts", "reported_accounts", "send_queue"} <= upstream_of(
        senders_graph, "endpoint_deliveries"
    )


def test_inbound_events_lead_to_the_accepts(senders_graph):
    assert upstream_of(senders_graph, "resolved_accepts") == {
        "inbound_events",
        "refreshed_accounts",
        "polled_lists",
        "polled_replies",
        "resolved_accepts",
    }


def test_next_actions_are_healed_after_the_counters(graph):
    assert "healed_daily_counters" in upstream_of(graph, "healed_next_actions")
    assert "stale_next_actions" in upstream_of(graph, "healed_next_actions")


def test_only_the_counters_by_date_are_partitioned(graph):
    by_date = [n.key for n in graph.asset_nodes if n.partitions_def is not None]

    assert by_date == [key("daily_account_counters")]


def test_a_backfill_of_many_dates_is_one_run(graph):
    policy = graph.get(key("daily_account_counters")).backfill_policy

    assert policy == dg.BackfillPolicy.single_run()


@pytest.mark.parametrize("job", ["refresh_stats", "materialize_everything"])
def test_templates_are_judged_before_their_check_runs(models, job):
    structure = models.resolve_job_def(job).dependency_structure

    before = {
        output.node_name
        for outputs in structure.input_to_upstream_outputs_for_node(
            "dbt_models"
        ).values()
        for output in outputs
    }
    assert "template_validations" in before


def test_a_true_up_builds_the_counters_checks_them_and_heals(models):
    layer = models.resolve_job_def("true_up_counters").asset_layer

    assert names_of(layer.selected_asset_keys) == {
        "daily_account_counters",
        "account_counter_drift",
        "int_checked_next_actions",
        "healed_daily_counters",
        "healed_next_actions",
    }
    checks = {check.name for check in layer.asset_graph.asset_check_keys}
    assert {"counter_differs_from_the_truth", "a_next_action_is_stale"} <= checks


def test_everything_is_every_model_and_heal(models, manifest):
    layer = models.resolve_job_def("materialize_everything").asset_layer
    named = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }

    assert names_of(layer.selected_asset_keys) == named | {
        "template_validations",
        "compared_timezone_rules",
        "healed_daily_counters",
        "healed_next_actions",
        "rearmed_enrollments",
    }


def shared_tables_of(manifest, unique_id):
    """The tables of the intermediate layer that a node reads, itself or in views."""
    found = set()
    for parent in manifest["nodes"][unique_id]["depends_on"]["nodes"]:
        node = manifest["nodes"].get(parent)
        if node is None:
            continue
        if node["config"]["materialized"] == "view":
            found |= shared_tables_of(manifest, parent)
        elif node["fqn"][1] == "intermediate":
            found.add(node["name"])
    return found


@pytest.mark.parametrize("job", [job.name for job in MODEL_JOBS])
def test_no_check_reads_a_shared_table_that_its_run_does_not_build(
    models, manifest, job
):
    definition = models.resolve_job_def(job)
    layer = definition.asset_layer
    read = {
        node["name"]: shared_tables_of(manifest, unique_id)
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] == "test"
    }
    checks = {check.name for check in layer.asset_graph.asset_check_keys} & read.keys()
    built = names_of(layer.selected_asset_keys)

    stale = {check: read[check] - built for check in checks if read[check] - built}
    assert checks
    assert stale == {}
    # dbt orders what one call of it builds and tests.
    assert [node for node in definition.nodes if "dbt_models" in node.name] == [
        definition.get_node_named("dbt_models")
    ]


def test_the_alerts_of_kept_tables_run_where_these_are_built(models, manifest):
    for job in ("refresh_stats", "materialize_everything"):
        layer = models.resolve_job_def(job).asset_layer
        checks = {check.name for check in layer.asset_graph.asset_check_keys}
        assert {
            "an_account_is_over_a_cap",
            "the_provider_counts_more_invites_than_we_do",
            "an_accept_leaked_to_a_campaign",
            "an_enrollment_has_not_one_blocker",
        } <= checks
