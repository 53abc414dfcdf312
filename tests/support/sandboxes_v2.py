"""Arrangements that tests of the sandbox's version 2 share: accounts, clients, checks.

Belongs here: plain helpers. Fixtures stay in the files that use them.
"""

import urllib.parse

import httpx

from trueup.certificates import trusted_certificates

ANISHA_V2 = {
    "id": "acc_anisha",
    "version": 2,
    "name": "Anisha Rao",
    "provider_id": "ACoAAanisha",
    "public_identifier": "anisha-rao",
}
PINKI_V2 = {
    "id": "acc_pinki",
    "version": 2,
    "name": "Pinki Das",
    "provider_id": "ACoAApinki",
    "public_identifier": "pinki-das",
}
ERROR_FIELDS = {"object", "type", "status", "title", "detail", "req_id"}


def v2_api_of(sandbox, key=None):
    """Version 2 of the API, called bare; with the account key if none is given."""
    headers = {} if key == "" else {"X-API-KEY": key or sandbox.v2_account_key}
    return httpx.Client(
        base_url=f"{sandbox.dsn}/v2",
        headers=headers,
        trust_env=False,
        verify=trusted_certificates(),
    )


def segment(name):
    """An id as one segment of a path."""
    return urllib.parse.quote(name, safe="")


def assert_v2_refused(response, status, kind):
    """An error answer has the contract's six fields, and they agree."""
    body = response.json()
    assert (response.status_code, body["type"]) == (status, kind)
    assert (body["status"], body["object"]) == (status, "Error")
    assert body.keys() == ERROR_FIELDS
    assert body["req_id"].startswith("req-")
