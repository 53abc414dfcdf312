"""Runs the actions that are due: accepts, replies, events, webhook calls and retries.

Belongs here: the background loop. It blocks no request: each call to a subscriber is a
task of its own.
"""

import asyncio
import contextlib
import datetime
import json
import urllib.parse
from collections.abc import Coroutine
from typing import Any

import httpx

from unipile_sandbox.clock import iso
from unipile_sandbox.records import Delivery, PlannedEvent, Webhook
from unipile_sandbox.v2 import delivery as v2_delivery
from unipile_sandbox.v2.events import EVENTS as V2_EVENTS
from unipile_sandbox.v2.events import SOURCE as V2_SOURCE
from unipile_sandbox.world import Sandbox

ANSWER_WITHIN_SECONDS = 30.0
RETRY_AFTER = [datetime.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480)]
CALLS_AT_ONCE = 32
# Due actions between two pauses in which requests are served.
BATCH = 50


class Deliverer:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._calls: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Semaphore(CALLS_AT_ONCE)
        self._http = httpx.AsyncClient(
            timeout=ANSWER_WITHIN_SECONDS,
            trust_env=False,
            limits=httpx.Limits(max_connections=CALLS_AT_ONCE, keepalive_expiry=2.0),
        )

    async def run(self) -> None:
        """Run what is due, then sleep until the next action is due; for ever."""
        schedule = self._sandbox.schedule
        while True:
            schedule.changed.clear()
            await self.do_due()
            due = schedule.next_due()
            seconds = None
            if due is not None:
                seconds = min(self._sandbox.clock.real_seconds_until(due), 3600.0)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(schedule.changed.wait(), seconds)

    async def close(self) -> None:
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        await self._http.aclose()

    async def do_due(self) -> None:
        """Run everything that is due now; webhook calls are started, not awaited."""
        done = 0
        schedule, clock = self._sandbox.schedule, self._sandbox.clock
        while (entry := schedule.take_due(clock.now())) is not None:
            kind, name = entry
            if kind == "accept":
                self._accept(name)
            elif kind == "reply":
                self._reply(name)
            elif kind == "event":
                self._dispatch(name)
            else:
                self._begin_call(name)
            done += 1
            if done % BATCH == 0:
                await asyncio.sleep(0)

    async def settle(self) -> None:
        """Run everything that is due now, and wait for the webhook calls it starts."""
        await self.do_due()
        while self._calls:
            await asyncio.wait(set(self._calls))
            await self.do_due()

    def notify(self, url: str, payload: dict[str, str]) -> None:
        """Call the `notify_url` of a hosted page once: it is no subscription."""
        self._begin(self._notify(url, payload))

    async def _notify(self, url: str, payload: dict[str, str]) -> None:
        try:
            response = await self._http.post(url, json=payload)
            outcome = f"answered {response.status_code}"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            outcome = f"{type(error).__name__}: {error}"
        self._sandbox.record(
            "hosted_notified", request_url=url, payload=payload, outcome=outcome
        )

    def _accept(self, invitation_id: str) -> None:
        invitation = self._sandbox.world.pending_by_id.get(invitation_id)
        if invitation is not None and invitation.accepts_at is not None:
            self._sandbox.accept(invitation, invitation.accepts_at)

    def _reply(self, invitation_id: str) -> None:
        reply = self._sandbox.world.planned_replies.get(invitation_id)
        if reply is not None:
            self._sandbox.reply(reply)

    def _dispatch(self, event_id: str) -> None:
        world = self._sandbox.world
        event = world.planned.get(event_id)
        if event is None:
            return
        account = world.accounts[event.account_id]
        is_down = not account.is_ok and not account.is_deleted
        if event.source == "messaging" and is_down:
            return  # Sent when the account is connected again.
        copies = [
            {"delivery_id": f"{event_id}-{number}", "webhook_id": webhook_id}
            for number, webhook_id in enumerate(self._subscribers(event), start=1)
        ]
        self._sandbox.record(
            "webhook_dispatched",
            event_id=event_id,
            event=event.event,
            account_id=event.account_id,
            deliveries=copies,
        )
        for copy in copies:
            self._begin_call(copy["delivery_id"])

    def _subscribers(self, event: PlannedEvent) -> list[str]:
        """Who gets an event now. An account that is down has events about itself only;
        in version 2 those that are missed meanwhile never come."""
        world = self._sandbox.world
        is_ok = world.accounts[event.account_id].is_ok
        if event.source == V2_SOURCE:
            is_sent = is_ok or event.event.startswith("account.")
            # A type that is newer than every endpoint comes to all of them.
            is_new = event.event not in V2_EVENTS
            return [
                endpoint.endpoint_id
                for endpoint in world.endpoints.oldest_first()
                if is_sent
                and endpoint.is_about(event.account_id)
                and (is_new or event.event in endpoint.trigger_events)
            ]
        is_sent = is_ok or event.source == "account_status"
        return [
            webhook.webhook_id
            for webhook in world.webhooks.oldest_first()
            if is_sent and webhook.wants(event.source, event.event, event.account_id)
        ]

    def _begin_call(self, delivery_id: str) -> None:
        delivery = self._sandbox.world.deliveries.get(delivery_id)
        if delivery is None:
            return
        self._begin(self._call(delivery))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        call = asyncio.create_task(work)
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _call(self, delivery: Delivery) -> None:
        webhook = self._sandbox.world.webhooks.get(delivery.webhook_id)
        endpoint = self._sandbox.world.endpoints.get(delivery.webhook_id)
        facts: dict[str, Any] = {
            "delivery_id": delivery.delivery_id,
            "webhook_id": delivery.webhook_id,
            "attempt": delivery.attempt,
        }
        retries = RETRY_AFTER
        async with self._turn:
            if endpoint is not None:
                told = await v2_delivery.tell_endpoint(
                    self._sandbox, self._http, endpoint, delivery
                )
                problem, retries = told.problem, v2_delivery.RETRY_AFTER
                facts |= told.facts
            elif webhook is not None:
                problem = await self._post(webhook, delivery)
            else:
                problem, retries = "subscription deleted", []
        if problem is None:
            self._sandbox.record("webhook_delivered", **facts, payload=delivery.payload)
            return
        retry_at = (
            self._sandbox.clock.now() + retries[delivery.attempt - 1]
            if delivery.attempt <= len(retries)
            else None
        )
        self._sandbox.record(
            "webhook_failed",
            **facts,
            reason=problem,
            retry_at=None if retry_at is None else iso(retry_at),
        )
        if retry_at is not None:
            self._sandbox.schedule.add(retry_at, "delivery", delivery.delivery_id)

    async def _post(self, webhook: Webhook, delivery: Delivery) -> str | None:
        """What went wrong; None when the subscriber answered 200 in time."""
        payload = dict(delivery.payload)
        if "webhook_name" in payload:
            payload["webhook_name"] = webhook.name or ""
        if webhook.data:
            payload = {
                wanted["name"]: payload.get(wanted["key"]) for wanted in webhook.data
            }
        if webhook.format == "form":
            content = urllib.parse.urlencode(payload).encode()
        else:
            content = json.dumps(payload, ensure_ascii=False).encode()
        # Only the subscription's own headers: the provider adds no content type.
        headers = {header["key"]: header["value"] for header in webhook.headers}
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                response = await self._http.post(
                    webhook.request_url, content=content, headers=headers
                )
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
            return f"{type(error).__name__}: {error}"
        if response.status_code != 200:
            return f"answered {response.status_code}"
        return None
