"""The control routes under /sandbox, with which a test arranges the world.

The real provider has none of them, so they are not under /api.
"""

import datetime
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from unipile_sandbox.clock import iso, parse_iso, real_now
from unipile_sandbox.delivery import Deliverer
from unipile_sandbox.faults import fault_from
from unipile_sandbox.journal import read_journal
from unipile_sandbox.people import PROVIDER_ID
from unipile_sandbox.records import Invitation
from unipile_sandbox.v2.events import plan_account_event, plan_event
from unipile_sandbox.v2.ids import APPLICATION_ID
from unipile_sandbox.v2.signature import FORMS
from unipile_sandbox.webhook_events import plan_account_status
from unipile_sandbox.world import Sandbox

STATUSES = {"OK", "STOPPED", "ERROR", "CREDENTIALS", "PERMISSIONS", "CONNECTING"}
# The products of version 2, each with a status of its own.
PRODUCTS = ("classic", "sales_navigator", "recruiter", "company")
OVERRIDES = {
    "first_name": str,
    "last_name": str,
    "accepts": bool,
    "accept_after_seconds": (int, float),
    "webhook_delays_seconds": list,
    "is_missing": bool,
    "is_blocking": bool,
    "is_closed": bool,
    "throttled_sections": list,
}

_DELAYS = "webhook_delays_seconds"

Handler = Callable[[Any], Awaitable[dict[str, Any]]]


class Control:
    """A method takes the JSON of a route and returns the answer; ValueError is 422."""

    def __init__(
        self, sandbox: Sandbox, deliverer: Deliverer, api_routes: set[str]
    ) -> None:
        self._sandbox = sandbox
        self._deliverer = deliverer
        self._api_routes = api_routes

    async def health(self, _wanted: Any) -> dict[str, Any]:  # noqa: ANN401
        world = self._sandbox.world
        return {
            "status": "ok",
            "now": iso(self._sandbox.clock.now()),
            "rate": self._sandbox.clock.rate,
            "accounts": len(world.account_index),
            "pending_invitations": len(world.pending_by_person),
            "planned_events": len(world.planned),
            "open_deliveries": len(world.deliveries),
            "requests": world.request_count,
            "journal": str(self._sandbox.journal.path),
        }

    async def register_accounts(self, wanted: Any) -> dict[str, Any]:  # noqa: ANN401
        """Adds accounts; a known account with the same identity stays unchanged."""
        if not isinstance(wanted, list):
            raise ValueError("give a list of accounts")
        accounts = [self._checked_account(account) for account in wanted]
        new = [account for account in accounts if account is not None]
        for account in new:
            self._sandbox.register_account(**account)
        return {"registered": len(new), "known": len(accounts) - len(new)}

    def _checked_account(self, wanted: dict[str, Any]) -> dict[str, Any] | None:
        for field in ("id", "name", "provider_id", "public_identifier"):
            if not isinstance(wanted.get(field), str) or not wanted[field]:
                raise ValueError(f"an account needs a text {field}: {wanted}")
        version = wanted.get("version", 1)
        if version not in (1, 2):
            raise ValueError(f"an account's version is 1 or 2: {wanted}")
        if wanted["id"].startswith("acc_") != (version == 2):
            raise ValueError(f"ids of version 2, and only those, start acc_: {wanted}")
        status = wanted.get("status", "OK" if version == 1 else "running")
        is_status = version == 2 or status in STATUSES
        if not is_status or not PROVIDER_ID.fullmatch(wanted["provider_id"]):
            raise ValueError(f"an account has a bad status or provider_id: {wanted}")
        known = self._sandbox.world.accounts.get(wanted["id"])
        if known is not None:
            if known.is_deleted or known.provider_id != wanted["provider_id"]:
                raise ValueError(f"account {wanted['id']} is taken")
            return None
        account = {
            "account_id": wanted["id"],
            "name": wanted["name"],
            "provider_id": wanted["provider_id"],
            "public_identifier": wanted["public_identifier"],
            "status": status,
            "premium_features": wanted.get("premium_features"),
            "version": version,
        }
        return account if version == 1 else account | self._of_v2(wanted, status)

    def _of_v2(self, wanted: dict[str, Any], status: str) -> dict[str, Any]:
        features = wanted.get("premium_features", ["sales_navigator"])
        products = [name for name in PRODUCTS if name in ("classic", *features)]
        is_down = status in ("disconnected", "errored")
        known = dict.fromkeys(products, status if is_down else "running")
        return {
            "products": known | wanted.get("products", {}),
            "v1_account_id": wanted.get("v1_account_id"),
            "scope_id": wanted.get("scope_id"),
        }

    async def account_status(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """notify: true sends the status as a webhook, a text sends that message."""
        account_id, status = self._account(wanted), wanted.get("status")
        if self._sandbox.world.accounts[account_id].version == 2:
            return self._v2_status(account_id, wanted)
        if status not in STATUSES:
            raise ValueError(f"status must be one of {', '.join(sorted(STATUSES))}")
        notify = wanted.get("notify")
        message = status if notify is True else notify or None
        self._sandbox.set_account_status(account_id, status, message)
        return {}

    def _v2_status(self, account_id: str, wanted: dict[str, Any]) -> dict[str, Any]:
        """Any status text; of the products, those that `products` does not name follow
        it, and one that it names null is not the account's any more."""
        account = self._sandbox.world.accounts[account_id]
        status = wanted.get("status", account.status)
        follows = status if status in ("disconnected", "errored") else "running"
        products = dict.fromkeys(account.products, follows) | wanted.get("products", {})
        was_locked = account.is_locked
        self._sandbox.set_v2_status(
            account_id,
            status=status,
            is_locked=wanted.get("is_locked", False),
            products={
                name: state for name, state in products.items() if state is not None
            },
            error_reason=wanted.get("reason", "provider"),
        )
        notify = wanted.get("notify")
        if notify is True and "status" in wanted:
            product = wanted.get("product")
            plan_account_event(
                self._sandbox, account, f"status.{status}", product=product
            )
        elif isinstance(notify, str):
            plan_account_event(self._sandbox, account, notify)
        if notify is True and account.is_locked != was_locked:
            kind = "locked" if account.is_locked else "unlocked"
            plan_account_event(self._sandbox, account, kind)
        return {}

    async def migrate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Makes the account of version 2 of one of version 1, with a new id."""
        old = self._sandbox.world.accounts[self._account(wanted)]
        if old.version != 1 or old.is_deleted:
            raise ValueError(f"{old.account_id} is no account of version 1")
        new = self._checked_account(
            {
                "id": wanted.get("id") or "acc_" + self._sandbox.next_id("migrated"),
                "version": 2,
                "name": old.name,
                "provider_id": old.provider_id,
                "public_identifier": old.public_identifier,
                "premium_features": list(old.premium_features),
                "status": wanted.get("status", "running"),
                "v1_account_id": old.account_id,
            }
        )
        if new is None:
            raise ValueError(f"account {wanted['id']} is there already")
        account_id = self._sandbox.register_account(**new)
        if wanted.get("notify"):
            account = self._sandbox.world.accounts[account_id]
            plan_account_event(self._sandbox, account, "add")
        if wanted.get("ends_v1"):
            self._sandbox.set_account_status(old.account_id, "CREDENTIALS", None)
        return {"id": account_id}

    async def v2_event(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Sends an event of any type: type, payload, and optionally delays_seconds (one
        for each copy), form (of its signature) and is_short (its envelope)."""
        account = self._sandbox.world.accounts[self._account(wanted)]
        form, payload = wanted.get("form", "plain"), wanted.get("payload", {})
        if form not in FORMS or not isinstance(payload, dict):
            raise ValueError(f"the payload is an object and form one of {list(FORMS)}")
        event_id = plan_event(
            self._sandbox,
            account,
            str(wanted["type"]),
            payload,
            waits_seconds=[float(wait) for wait in wanted.get("delays_seconds", [0])],
            form=form,
            is_short=wanted.get("is_short"),
        )
        return {"id": event_id}

    async def signatures(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """The next calls to endpoints are signed in this form."""
        times = wanted.get("times", 1)
        self._sandbox.signature_forms.script(str(wanted.get("form")), times)
        return {}

    async def send_account_status(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Sends an account_status webhook without a change: a stale or wrong one."""
        plan_account_status(self._sandbox, self._account(wanted), wanted["message"])
        return {}

    async def clock(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Takes advance_seconds or now (ISO, or `real`), and rate. The answer comes
        when all due actions ran and their webhooks are answered, unless settle is
        false."""
        to = self._sandbox.clock.now()
        if wanted.get("now") == "real":
            to = real_now()
        elif "now" in wanted:
            to = parse_iso(wanted["now"])
        to += datetime.timedelta(seconds=wanted.get("advance_seconds", 0))
        self._sandbox.set_clock(to, wanted.get("rate"))
        if wanted.get("settle", True):
            await self._deliverer.settle()
        return {"now": iso(self._sandbox.clock.now())}

    async def settle(self, _wanted: Any) -> dict[str, Any]:  # noqa: ANN401
        await self._deliverer.settle()
        return {"open_deliveries": len(self._sandbox.world.deliveries)}

    async def settings(self, wanted: dict[str, Any]) -> dict[str, Any]:
        self._sandbox.change_settings(wanted)
        return {}

    async def script_faults(self, wanted: Any) -> dict[str, Any]:  # noqa: ANN401
        scripts = wanted if isinstance(wanted, list) else [wanted]
        faults = [fault_from(script, self._api_routes) for script in scripts]
        for fault in faults:
            self._sandbox.faults.script(fault)
        return {"scripted": len(faults)}

    async def list_faults(self, _wanted: Any) -> dict[str, Any]:  # noqa: ANN401
        return {"items": self._sandbox.faults.dump()}

    async def clear_faults(self, _wanted: Any) -> dict[str, Any]:  # noqa: ANN401
        self._sandbox.faults.clear()
        return {}

    async def people(self, wanted: Any) -> dict[str, Any]:  # noqa: ANN401
        """A list of people, each with an identifier and the fields to fix."""
        checked = [self._checked_person(person) for person in wanted]
        for provider_id, overrides in checked:
            self._sandbox.override_person(provider_id, overrides)
        return {"provider_ids": [provider_id for provider_id, _ in checked]}

    def _checked_person(self, wanted: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        overrides = {name: wanted[name] for name in wanted if name != "identifier"}
        for name, value in overrides.items():
            if name not in OVERRIDES or not isinstance(value, OVERRIDES[name]):
                raise ValueError(f"a person's {name} cannot be {value!r}")
        return self._person(wanted), overrides

    async def accept(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """The person accepts the account's pending invitation now.

        With webhook_delays_seconds, its webhooks come after these seconds instead of
        by chance.
        """
        invitation = self._pending(wanted)
        delays = {name: wanted[name] for name in wanted if name == _DELAYS}
        if delays:
            person = {"identifier": wanted["identifier"], **delays}
            self._sandbox.override_person(*self._checked_person(person))
        self._sandbox.accept(invitation, self._sandbox.clock.now())
        return {}

    async def withdraw(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """The account's owner withdraws the pending invitation by hand."""
        self._sandbox.withdraw(self._pending(wanted), self._account(wanted))
        return {}

    async def decline(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """The person declines the account's pending invitation."""
        self._sandbox.decline(self._pending(wanted), self._account(wanted))
        return {}

    async def expire(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """The pending invitation expires, as LinkedIn's do after six months."""
        self._sandbox.expire(self._pending(wanted), self._account(wanted))
        return {}

    def _pending(self, wanted: dict[str, Any]) -> Invitation:
        owner = self._sandbox.world.owner_of(self._account(wanted))
        invitation = self._sandbox.world.pending_by_person.get(
            (owner, self._person(wanted))
        )
        if invitation is None:
            raise ValueError("no invitation to this person is pending")
        return invitation

    async def stranger(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """A person becomes a relation without an invitation from the account."""
        self._sandbox.connect_stranger(self._account(wanted), self._person(wanted))
        return {}

    async def request(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """A person invites the owner of the account."""
        account_id, provider_id = self._account(wanted), self._person(wanted)
        return {"request_id": self._sandbox.receive_request(account_id, provider_id)}

    async def keys(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Makes a key of version 2: key, kind, expires_at, application_id, scope_id."""
        kind, expires_at = wanted.get("kind", "account"), wanted.get("expires_at")
        if kind not in ("account", "service"):
            raise ValueError(f"a key's kind is account or service, not {kind!r}")
        if expires_at is not None:
            parse_iso(expires_at)
        key_id = self._sandbox.make_key(
            str(wanted["key"]),
            key_kind=kind,
            name=wanted.get("name", "scripted"),
            application_id=wanted.get("application_id", APPLICATION_ID),
            scope_id=wanted.get("scope_id"),
            expires_at=expires_at,
        )
        return {"id": key_id}

    async def incoming_message(self, wanted: dict[str, Any]) -> dict[str, Any]:
        account_id = self._account(wanted)
        chat = self._sandbox.open_chat(account_id, self._person(wanted))
        text, is_event = wanted["text"], wanted.get("is_event", False)
        message = self._sandbox.write_message(
            chat, account_id, text, is_ours=False, is_event=is_event
        )
        return {"chat_id": chat.chat_id, "message_id": message.message_id}

    async def journal(self, _wanted: Any) -> dict[str, Any]:  # noqa: ANN401
        return {"items": list(read_journal(self._sandbox.journal.path))}

    async def reset(self, _wanted: Any) -> dict[str, Any]:  # noqa: ANN401
        self._sandbox.reset()
        return {}

    def _account(self, wanted: dict[str, Any]) -> str:
        """The account of this id, or the only one of this name."""
        named = wanted.get("account_id")
        accounts = self._sandbox.world.accounts
        if named in accounts:
            return named
        ids = [account_id for account_id, one in accounts.items() if one.name == named]
        if len(ids) > 1:
            raise ValueError(f"several accounts are named {named!r}: {', '.join(ids)}")
        if not ids:
            raise ValueError(f"there is no account {named!r}")
        return ids[0]

    def _person(self, wanted: dict[str, Any]) -> str:
        identifier = wanted.get("identifier", "")
        provider_id = self._sandbox.world.people.provider_id_of(identifier)
        if provider_id is None:
            raise ValueError(f"{identifier!r} is no LinkedIn identifier")
        return provider_id


def control_routes(control: Control) -> list[Route]:
    routes: list[tuple[str, str, Handler]] = [
        ("GET", "/health", control.health),
        ("POST", "/accounts", control.register_accounts),
        ("POST", "/account_status", control.account_status),
        ("POST", "/send_account_status", control.send_account_status),
        ("POST", "/clock", control.clock),
        ("POST", "/settle", control.settle),
        ("POST", "/settings", control.settings),
        ("GET", "/faults", control.list_faults),
        ("POST", "/faults", control.script_faults),
        ("DELETE", "/faults", control.clear_faults),
        ("POST", "/people", control.people),
        ("POST", "/accept", control.accept),
        ("POST", "/withdraw", control.withdraw),
        ("POST", "/decline", control.decline),
        ("POST", "/expire", control.expire),
        ("POST", "/stranger", control.stranger),
        ("POST", "/request", control.request),
        ("POST", "/keys", control.keys),
        ("POST", "/migrate", control.migrate),
        ("POST", "/v2_event", control.v2_event),
        ("POST", "/signatures", control.signatures),
        ("POST", "/incoming_message", control.incoming_message),
        ("GET", "/journal", control.journal),
        ("POST", "/reset", control.reset),
    ]
    return [_route(*route) for route in routes]


def _route(method: str, path: str, handler: Handler) -> Route:
    async def serve(request: Request) -> JSONResponse:
        try:
            text = await request.body()
            return JSONResponse(await handler(json.loads(text) if text else {}))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            return JSONResponse({"problem": f"{error}"}, status_code=422)

    return Route(f"/sandbox{path}", serve, methods=[method])
