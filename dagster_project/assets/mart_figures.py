"""Metadata of a mart that was built: its row count and, for some marts, a plot.

Belongs here: which mart has which plot, and the metadata that holds both. Drawing is in
`dagster_project.plots`.
"""

import base64
from collections.abc import Callable, Mapping

import dagster as dg
import psycopg
from psycopg import sql

from dagster_project.plots import plot_accept_rates, plot_days, plot_steps

PLOTS: Mapping[str, Callable[[psycopg.Connection], bytes | None]] = {
    "campaign_accept_stats": plot_accept_rates,
    "campaign_step_stats": plot_steps,
    "daily_account_counters": plot_days,
}


def figures_of(
    mart: str, connection: psycopg.Connection
) -> dict[str, int | dg.MarkdownMetadataValue]:
    """The mart's row count, and its plot where it has one and there is what to draw."""
    query = sql.SQL("select count(*) from analytics.{}").format(sql.Identifier(mart))
    row = connection.execute(query).fetchone()
    assert row is not None
    figures: dict[str, int | dg.MarkdownMetadataValue] = {"dagster/row_count": row[0]}
    picture = PLOTS[mart](connection) if mart in PLOTS else None
    if picture is not None:
        text = base64.b64encode(picture).decode()
        figures["plot"] = dg.MetadataValue.md(
            f"![{mart}](data:image/png;base64,{text})"
        )
    return figures
