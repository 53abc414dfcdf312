"""The accept rate of each campaign, with its lower and upper bound."""

import psycopg

from dagster_project.plots.canvas import COLOURS, new_axes, png_of

MOST_CAMPAIGNS = 20


def plot_accept_rates(connection: psycopg.Connection) -> bytes | None:
    """A dot for the rate, a line from its lower to its upper bound; None without any.

    The campaigns with the most invites, in percent of the invites sent.
    """
    rows = connection.execute(
        "select campaign_name, invites_sent_count, 100 * accept_rate::float,"
        " 100 * accept_rate_lower::float, 100 * accept_rate_upper::float"
        " from analytics.campaign_accept_stats where invites_sent_count > 0"
        " order by invites_sent_count desc, workspace_id, campaign_id limit %s",
        [MOST_CAMPAIGNS],
    ).fetchall()
    if not rows:
        return None
    axes = new_axes("Accepts in percent of invites, with bounds", rows=len(rows))
    places = range(len(rows))
    axes.hlines(
        places, [row[3] for row in rows], [row[4] for row in rows], color=COLOURS[4]
    )
    axes.plot([row[2] for row in rows], places, "o", color=COLOURS[0])
    axes.set_yticks(places, [f"{row[0]} ({row[1]})" for row in rows])
    axes.invert_yaxis()
    axes.set_xlim(left=0)
    axes.set_xlabel("percent (in brackets: invites sent)", fontsize=8)
    return png_of(axes)
