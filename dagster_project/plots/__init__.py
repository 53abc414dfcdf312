"""Small plots of stored statistics, for Dagster's UI.

Belongs here: reading a mart's rows and drawing them; one module per mart. Imports no
Dagster. Does not: figures that are in no mart.
"""

from dagster_project.plots.campaign_accept_stats import plot_accept_rates
from dagster_project.plots.campaign_step_stats import plot_steps
from dagster_project.plots.daily_account_counters import plot_days

__all__ = ["plot_accept_rates", "plot_days", "plot_steps"]
