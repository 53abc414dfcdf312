"""The 51 accounts of LL#273: who they are, and where their working day is now.

Belongs here: names, counters and time zones as plain data. No database.
"""

import dataclasses
import datetime as dt
import zoneinfo

# (workspace, account, counter before the heal, sends that day).
# The incident names three accounts; 38 more were too high and 10 were right.
NAMED = (
    ("PIPL", "Anisha", 142, 12),
    ("PIPL", "Pinki", 87, 9),
    ("PIPL", "Hafiz", 73, 7),
)
# The shipped campaign file that each workspace runs.
CAMPAIGNS = {"PIPL": "pipl_connection.yml", "EU SaaS": "eu_saas_outreach.yml"}
OTHER_NAMES = (
    "Talha", "Selva", "Marc", "Dipti", "Panagiotis", "Mark", "Amara", "Bilal", "Chiara",
    "Dmitri", "Elif", "Farid", "Greta", "Hana", "Ines", "Jonas", "Kavya", "Lucia",
    "Mateus", "Nadia", "Olga", "Priya", "Quentin", "Rania", "Sofia", "Tariq", "Ursula",
    "Vikram", "Wanjiru", "Ximena", "Yusuf", "Zofia", "Aiko", "Bogdan", "Camila",
    "Dario", "Esther", "Felipe", "Gita", "Henrik", "Imani", "Jarek", "Kofi", "Leila",
    "Minh", "Noor", "Oskar", "Paula",
)  # fmt: skip
INFLATED_COUNT = 41

# About one zone for each hour of the day, from west to east.
ZONES = (
    "Pacific/Pago_Pago", "Pacific/Honolulu", "America/Anchorage",
    "America/Los_Angeles", "America/Denver", "America/Mexico_City", "America/New_York",
    "America/Halifax", "America/Sao_Paulo", "America/Noronha", "Atlantic/Cape_Verde",
    "Europe/London", "Europe/Berlin", "Africa/Cairo", "Africa/Nairobi", "Asia/Dubai",
    "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore",
    "Asia/Tokyo", "Australia/Brisbane", "Pacific/Noumea", "Pacific/Auckland",
    "Pacific/Tongatapu", "Pacific/Kiritimati",
)  # fmt: skip

# The sends of today need time since the window opened.
EARLIEST_AT_WORK = dt.time(9, 30)
LATEST_AT_WORK = dt.time(18)


@dataclasses.dataclass(frozen=True)
class DemoAccount:
    """One account: `sent` invites on its local day, and `counter` in its counter."""

    workspace: str
    name: str
    timezone: str
    counter: int
    sent: int

    @property
    def is_inflated(self) -> bool:
        return self.counter > self.sent


def demo_accounts(as_of: dt.datetime) -> list[DemoAccount]:
    """51 accounts: 41 inflated ones at work now, 10 right ones all around the world."""
    at_work = [zone for zone in ZONES if _is_at_work(zone, as_of)]
    workspaces = list(CAMPAIGNS)
    accounts = [
        DemoAccount(workspace, name, at_work[index % len(at_work)], counter, sent)
        for index, (workspace, name, counter, sent) in enumerate(NAMED)
    ]
    for index, name in enumerate(OTHER_NAMES):
        workspace = workspaces[index % len(workspaces)]
        sent = 4 + index % 7
        if len(accounts) < INFLATED_COUNT:
            timezone = at_work[index % len(at_work)]
            accounts.append(
                DemoAccount(workspace, name, timezone, sent + 20 + 3 * index, sent)
            )
        else:
            # It is night for some of these: they sent nothing, and their counter is 0.
            timezone = ZONES[(index * 8) % len(ZONES)]
            sent = sent if timezone in at_work else 0
            accounts.append(DemoAccount(workspace, name, timezone, sent, sent))
    return accounts


def _is_at_work(zone: str, as_of: dt.datetime) -> bool:
    local = as_of.astimezone(zoneinfo.ZoneInfo(zone)).time()
    return EARLIEST_AT_WORK <= local < LATEST_AT_WORK
