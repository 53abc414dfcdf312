"""The results of each step and variant of the campaigns."""

import psycopg

from dagster_project.plots.canvas import COLOURS, new_axes, png_of

MOST_STEPS = 24
RESULTS = ("sent", "accepted", "replied", "failed", "parked")


def plot_steps(connection: psycopg.Connection) -> bytes | None:
    """Bars for sent, accepted, replied, failed and parked; None without any row.

    The steps and variants with the most sends.
    """
    rows = connection.execute(
        "select campaign_name, step_position, step_action, variant, sent_count,"
        " accepted_count, replied_count, failed_count, parked_count"
        " from analytics.campaign_step_stats"
        " order by sent_count desc, workspace_id, step_id, variant limit %s",
        [MOST_STEPS],
    ).fetchall()
    if not rows:
        return None
    axes = new_axes("What came of each step, by wording", rows=len(rows) * 2)
    height = 0.8 / len(RESULTS)
    for number, result in enumerate(RESULTS):
        axes.barh(
            [place + number * height for place in range(len(rows))],
            [row[4 + number] for row in rows],
            height=height,
            color=COLOURS[number],
            label=result,
        )
    labels = [
        f"{campaign}\n{position} {action}" + (f" ({variant})" if variant else "")
        for campaign, position, action, variant, *_ in rows
    ]
    axes.set_yticks([place + 0.32 for place in range(len(rows))], labels)
    axes.invert_yaxis()
    axes.legend(fontsize=8, frameon=False, ncols=len(RESULTS), loc="lower right")
    return png_of(axes)
