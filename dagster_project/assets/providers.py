"""Work that is done for the provider of each version, and the sum of its reports.

Belongs here: the order, and what one unusable provider means for the other. Does not:
the work (`trueup.sender`, `trueup.inbound`).
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import dagster as dg

from dagster_project.resources import Provider
from trueup.inbound.settings import UnusableSettingError
from trueup.postgres.witness import RefusedLedgerError
from trueup.unipile.addresses import UnusableProviderError

Report = TypeVar("Report")


def each_provider(
    provider: Provider, work: Callable[[str, str], Report]
) -> list[Report]:
    """What `work` returns for the address and key of each version that is set.

    A provider that is unusable does not keep the other one from its work. Raises
    dg.Failure after both, with a sentence for each that could not be used.
    """
    try:
        pairs = provider.pairs()
    except UnusableSettingError as error:
        raise dg.Failure(str(error), allow_retries=False) from None
    reports, troubles = [], []
    for dsn, api_key in pairs:
        try:
            reports.append(work(dsn, api_key))
        except (
            UnusableProviderError,
            UnusableSettingError,
            RefusedLedgerError,
        ) as error:
            troubles.append(str(error))
    if troubles:
        raise dg.Failure("\n\n".join(dict.fromkeys(troubles)), allow_retries=False)
    return reports


def summed(reports: Sequence[Report]) -> Report:
    """One report of several of a kind: numbers and counters are added, lists joined.

    A yes-or-no holds if it holds in each; of other values the first that is not None.
    """
    total = reports[0]
    for report in reports[1:]:
        fields = {
            field.name: _sum(getattr(total, field.name), getattr(report, field.name))
            for field in dataclasses.fields(total)  # type: ignore[arg-type]
        }
        total = dataclasses.replace(total, **fields)
    return total


def _sum(one: Any, other: Any) -> Any:  # noqa: ANN401
    if isinstance(one, bool):
        return one and other
    if isinstance(one, dict):
        counts = all(isinstance(value, int) for value in (one | other).values())
        if not counts:
            return one | other
        return type(one)({n: one.get(n, 0) + other.get(n, 0) for n in one | other})
    if isinstance(one, int | float | list | tuple):
        return one + other
    return other if one is None else one
