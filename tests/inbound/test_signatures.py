"""The signature of a webhook: which headers are read, and which fit a body."""

import hashlib
import hmac

import hypothesis
import pytest
from hypothesis import strategies as st

from trueup.web.signatures import (
    LONGEST_HEADER,
    MOST_DIGESTS,
    TOLERANCE_SECONDS,
    judge_signature,
    read_signature,
)

SECRET = "wes_test_0123456789abcdef"
AT = 1_764_300_000
BODY = (
    b'{"id":"evt_1","type":"relation.new","account_id":"acc_1",'
    b'"created_at":"2026-11-28T10:00:00.000Z","payload":{}}'
)
DIGEST = "b58e4bd44ec08fadaeea014ac92b96a1c7dc27f5e8092d4d4e382ea8ca7e46c5"
# The same with the secret's prefix left out of the key.
STRIPPED = "79a77ed17abd1c77d5d74b004f00a1828b2acb62c156953648ee02cd3eb36cff"
HEADER = f"t={AT},v0={DIGEST}"


def judged(header, body=BODY, secrets=None, now=AT):
    signature = read_signature(header)
    assert signature is not None, header
    return judge_signature(signature, body, secrets or {"we_1": SECRET}, now)


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        f"v0={DIGEST},t={AT}",
        f" t={AT} , v0={DIGEST} ",
        f"t={AT},v0={DIGEST},v1=something",
        f"t={AT},v0={STRIPPED},v0={DIGEST}",
        f"t={AT},v0={DIGEST},v0={STRIPPED}",
        f"t={AT},v0=zz,v0={DIGEST}",
        f"t={AT},,v0={DIGEST},x=a=b",
        f"t={AT},v0={DIGEST.upper()}",
    ],
)
def test_each_form_of_the_header_is_read(header):
    assert judged(header).endpoint == "we_1"
    assert judged(header).fault is None


@pytest.mark.parametrize(
    "header",
    [
        "",
        "garbage",
        f"t={AT}",
        f"v0={DIGEST}",
        f"t=,v0={DIGEST}",
        f"t=-1,v0={DIGEST}",
        f"t=1e9,v0={DIGEST}",
        f"t=١٢,v0={DIGEST}",
        f"t={AT},t={AT},v0={DIGEST}",
        f"t={AT},v0={DIGEST[:-1]}",
        f"t={AT},v0={DIGEST[:-1]}g",
        f"t={AT},v0={DIGEST[:-2]}  ,",
        f"t={AT},v1={DIGEST}",
        f"T={AT},V0={DIGEST}",
        f"t={'9' * 13},v0={DIGEST}",
        f"t={AT}," + ",".join([f"v0={DIGEST}"] * (MOST_DIGESTS + 1)),
        f"{HEADER},{'x' * LONGEST_HEADER}",
    ],
)
def test_anything_else_is_no_signature(header):
    assert read_signature(header) is None


@pytest.mark.parametrize(
    ("header", "body", "secrets"),
    [
        (f"t={AT},v0={STRIPPED}", BODY, {"we_1": SECRET}),
        (f"t={AT + 1},v0={DIGEST}", BODY, {"we_1": SECRET}),
        (f"t=0{AT},v0={DIGEST}", BODY, {"we_1": SECRET}),
        (HEADER, BODY + b" ", {"we_1": SECRET}),
        (HEADER, b"", {"we_1": SECRET}),
        (HEADER, BODY, {"we_1": SECRET.removeprefix("wes_")}),
        (HEADER, BODY, {"we_1": ""}),
    ],
)
def test_what_was_signed_otherwise_does_not_fit(header, body, secrets):
    assert judged(header, body, secrets).fault == "wrong_signature"


def test_without_a_secret_nothing_fits():
    signature = read_signature(HEADER)
    assert judge_signature(signature, BODY, {}, AT).fault == "wrong_signature"


def test_an_empty_key_signs_nothing():
    forged = hmac.new(b"", str(AT).encode() + b"." + BODY, hashlib.sha256).hexdigest()
    signature = read_signature(f"t={AT},v0={forged}")
    assert judge_signature(signature, BODY, {"we_1": ""}, AT).endpoint is None


def test_the_endpoint_whose_secret_fits_is_told():
    assert judged(HEADER, secrets={"we_0": "wes_x", "we_1": SECRET}).endpoint == "we_1"
    assert judged(HEADER, secrets={"we_1": SECRET, "we_2": "wes_x"}).endpoint == "we_1"


@pytest.mark.parametrize("seconds", [-TOLERANCE_SECONDS, 0, TOLERANCE_SECONDS])
def test_a_signature_is_good_within_the_tolerance(seconds):
    assert judged(HEADER, now=AT + seconds).fault is None


@pytest.mark.parametrize("seconds", [-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1])
def test_a_right_signature_out_of_time_is_told_from_a_wrong_one(seconds):
    assert judged(HEADER, now=AT + seconds).fault == "old_signature"
    assert judged(HEADER, now=AT + seconds).endpoint == "we_1"
    assert judged(HEADER, BODY[:-1], now=AT + seconds).fault == "wrong_signature"


@hypothesis.given(
    secret=st.text(min_size=1, max_size=40),
    body=st.binary(max_size=200),
    at=st.integers(0, 10**12 - 1),
    change=st.integers(0, 10_000),
)
def test_a_signature_fits_its_body_its_time_and_its_secret_alone(
    secret, body, at, change
):
    digest = hmac.new(secret.encode(), b"%d.%b" % (at, body), hashlib.sha256)
    header = f"t={at},v0={digest.hexdigest()}"
    known = {"we_1": secret}

    assert judged(header, body, known, at).fault is None
    changed = bytearray(body + b".")
    changed[change % len(changed)] ^= 1
    assert judged(header, bytes(changed), known, at).fault == "wrong_signature"
    assert judged(header, body, {"we_1": secret + "x"}, at).endpoint is None
    later = f"t={at + 1},v0={digest.hexdigest()}" if at < 10**12 - 1 else None
    if later is not None:
        assert judged(later, body, known, at).fault == "wrong_signature"


@hypothesis.given(st.text(max_size=300))
def test_no_header_raises(header):
    signature = read_signature(header)
    assert signature is None or judge_signature(
        signature, BODY, {"we_1": SECRET}, AT
    ).fault in (None, "wrong_signature", "old_signature")
