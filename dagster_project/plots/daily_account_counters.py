"""The sends of all accounts on each of the last 30 days, by action."""

from collections import defaultdict
from datetime import date

import psycopg

from dagster_project.plots.canvas import COLOURS, new_axes, png_of

DAYS = 30


def plot_days(connection: psycopg.Connection) -> bytes | None:
    """Bars of the recomputed counters, summed over accounts; None without any row."""
    rows = connection.execute(
        "select counted_on, action, sum(counter)"
        " from analytics.daily_account_counters where counted_on > ("
        "  select max(counted_on) - %s from analytics.daily_account_counters)"
        " group by counted_on, action order by counted_on, action",
        [DAYS],
    ).fetchall()
    if not rows:
        return None
    by_action: dict[str, dict[date, int]] = defaultdict(dict)
    for counted_on, action, count in rows:
        by_action[action][counted_on] = int(count)
    days = sorted({row[0] for row in rows})
    axes = new_axes("Attempts that count, by the accounts' own day", rows=6)
    floor = [0] * len(days)
    for number, (action, counts) in enumerate(sorted(by_action.items())):
        heights = [counts.get(day, 0) for day in days]
        if not any(heights):
            continue
        colour = COLOURS[number % len(COLOURS)]
        axes.bar(days, heights, bottom=floor, color=colour, label=action, width=0.8)
        floor = [low + high for low, high in zip(floor, heights, strict=True)]
    axes.set_xticks(days[:: max(1, len(days) // 8)])
    axes.set_xticklabels([f"{day:%d %b}" for day in days[:: max(1, len(days) // 8)]])
    if any(floor):
        axes.legend(fontsize=8, frameon=False)
    return png_of(axes)
