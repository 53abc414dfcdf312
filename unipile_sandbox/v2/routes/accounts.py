"""Accounts: list, get, patch, delete. They never touch LinkedIn."""

from unipile_sandbox.calls import Call
from unipile_sandbox.serving import Reply
from unipile_sandbox.shapes import TEXT, Rule, Shape
from unipile_sandbox.v2 import shown
from unipile_sandbox.v2.checks import key_in, known_account
from unipile_sandbox.v2.errors import V2Error
from unipile_sandbox.v2.paging import BY_OFFSET, core_page
from unipile_sandbox.v2.serving import V2Route
from unipile_sandbox.world import Sandbox


def list_accounts(sandbox: Sandbox, call: Call) -> Reply:
    """Sorted by name, as the provider does."""
    key, wanted = key_in(call), call.query
    search = wanted.get("search", "").lower()
    accounts = sorted(
        (
            account
            for account in sandbox.world.account_index_v2.oldest_first()
            if key.sees(account)
            and wanted.get("status") in (None, account.status)
            and wanted.get("provider") in (None, "linkedin")
            and search in account.name.lower()
        ),
        key=lambda account: (account.name, account.account_id),
    )
    return Reply(core_page("Accounts", accounts, wanted, shown.account))


def get_account(sandbox: Sandbox, call: Call) -> Reply:
    return Reply(shown.account(known_account(sandbox, call)))


def patch_account(sandbox: Sandbox, call: Call) -> Reply:
    """`custom_data` is replaced as a whole."""
    account = known_account(sandbox, call)
    metadata = call.fields.get("metadata", {})
    data = metadata.get("custom_data")
    if metadata.keys() - {"custom_data"} or not isinstance(data, dict | None):
        raise V2Error("api/invalid_parameters", "'metadata' takes custom_data only.")
    if data is not None:
        sandbox.record(
            "account_patched", account_id=account.account_id, custom_data=data
        )
    return Reply(shown.account(account))


def delete_account(sandbox: Sandbox, call: Call) -> Reply:
    account = known_account(sandbox, call)
    sandbox.delete_account(account.account_id)
    return Reply({"success": True})


LIST: Shape = BY_OFFSET | {"status": TEXT, "provider": TEXT, "search": TEXT}
PATCH: Shape = {"metadata": Rule(kind=dict), "proxy": Rule(kind=dict)}
ONE = "/accounts/{account_id}"

ROUTES = [
    V2Route("list_accounts", "GET", "/accounts", list_accounts, LIST),
    V2Route("get_account", "GET", ONE, get_account),
    V2Route("patch_account", "PATCH", ONE, patch_account, {}, PATCH, "json"),
    V2Route("delete_account", "DELETE", ONE, delete_account),
]
