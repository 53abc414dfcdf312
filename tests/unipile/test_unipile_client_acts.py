"""What each of the client's acts does at the provider."""

import asyncio
import datetime

from trueup.unipile.client import UnipileClient


def ask(sandbox, act, **options):
    """What one act of a client on this sandbox gives."""

    async def run():
        async with UnipileClient(sandbox.dsn, sandbox.api_key, **options) as client:
            return await act(client)

    return asyncio.run(run())


def test_chats_and_messages_go_out_as_multipart(sandbox):
    sandbox.connect_stranger("acc-anisha", "ACoAAjulien")

    async def act(client):
        started = await client.start_chat("acc-anisha", "ACoAAjulien", "Hello 👋")
        chat_id = started.body["chat_id"]
        sent = await client.send_message("acc-anisha", chat_id, "Again")
        return started, sent, await client.chat_messages("acc-anisha", chat_id)

    started, sent, messages = ask(sandbox, act)

    assert (started.http_status, sent.http_status) == (201, 201)
    assert [message["text"] for message in messages.items] == ["Again", "Hello 👋"]
    assert messages.items[0]["id"] == sent.body["message_id"]


def test_an_inmail_names_its_product_and_subject(sandbox):
    async def act(client):
        return await client.start_chat(
            "acc-anisha", "ACoAAjulien", "Hi", subject="Work", inmail_api="classic"
        ), await client.chats("acc-anisha")

    answer, chats = ask(sandbox, act)

    assert answer.is_success
    assert [(chat["subject"], chat["content_type"]) for chat in chats.items] == [
        ("Work", "inmail")
    ]


def test_a_webhook_can_be_created_found_and_deleted(sandbox):
    async def act(client):
        created = await client.create_webhook(
            source="users",
            request_url="http://127.0.0.1:9/hook",
            name="trueup",
            events=["new_relation"],
            headers={"Content-Type": "application/json", "Unipile-Auth": "secret"},
            account_ids=["acc-anisha"],
        )
        listed = await client.webhooks()
        deleted = await client.delete_webhook(created.body["webhook_id"])
        return created, listed, deleted, await client.webhooks()

    created, listed, deleted, left = ask(sandbox, act)

    assert listed.items[0]["id"] == created.body["webhook_id"]
    assert listed.items[0]["events"] == ["new_relation"]
    assert {"key": "Unipile-Auth", "value": "secret"} in listed.items[0]["headers"]
    assert deleted.is_success
    assert (left.items, left.is_complete) == ((), True)


def test_a_hosted_link_is_made_for_a_new_account_and_for_a_known_one(sandbox):
    expires_on = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    expires_text = f"{expires_on:%Y-%m-%dT%H:%M:%S}.000Z"

    async def act(client):
        return [
            await client.hosted_auth_link(
                expires_on=expires_text,
                name="workspace-1",
                notify_url="http://127.0.0.1:9/notify",
                reconnect_account=account_id,
            )
            for account_id in (None, "acc-anisha", "acc-nobody")
        ]

    created, reconnected, unknown = ask(sandbox, act)

    assert created.body["object"] == "HostedAuthUrl"
    assert reconnected.body["url"].startswith(f"{sandbox.dsn}/hosted/")
    assert unknown.error_type == "resource_not_found"


def test_a_frozen_account_is_restarted(sandbox):
    sandbox.set_account_status("acc-anisha", "STOPPED")

    async def act(client):
        restarted = await client.restart_account("acc-anisha")
        return restarted, await client.get_account("acc-anisha")

    restarted, account = ask(sandbox, act)

    assert restarted.body == {"object": "AccountRestarted"}
    assert account.body["sources"][0]["status"] == "OK"


def test_an_invitation_is_withdrawn_once(sandbox):
    async def act(client):
        sent = await client.send_invite("acc-anisha", "ACoAAjulien")
        invitation_id = sent.body["invitation_id"]
        return [
            await client.cancel_invite("acc-anisha", invitation_id) for _ in range(2)
        ]

    first, second = ask(sandbox, act)

    assert first.is_success
    assert (second.http_status, second.error_type) == (404, "resource_not_found")
