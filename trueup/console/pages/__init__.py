"""The pages, one module each.

Each module has ROUTES, a list of `page(…)` and `act(…)` of `trueup.console.serving`.
A new page is one more name in PAGES.
"""

from trueup.console.pages import (
    account,
    accounts,
    campaign,
    campaigns,
    people,
    people_import,
    people_stops,
    person,
    replies,
    today,
    unknown_send,
)

PAGES = (
    today,
    accounts,
    account,
    campaigns,
    campaign,
    people,
    people_import,
    people_stops,
    person,
    replies,
    unknown_send,
)
