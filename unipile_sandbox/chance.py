"""Chance that comes out the same every time: numbers drawn from a seed and names."""

import base64
import hashlib


def draw_bytes(seed: int, *names: str, size: int = 16) -> bytes:
    text = "\x1f".join((str(seed), *names))
    return hashlib.blake2b(text.encode(), digest_size=size).digest()


def draw(seed: int, *names: str) -> float:
    """A number in [0, 1) that belongs to these names."""
    return int.from_bytes(draw_bytes(seed, *names, size=8)) / 2**64


def draw_int(seed: int, *names: str) -> int:
    """A positive 62-bit number: what the provider's numeric ids look like."""
    return int.from_bytes(draw_bytes(seed, *names, size=8)) >> 2


def draw_id(seed: int, *names: str) -> str:
    """22 URL-safe characters: what the provider's own ids look like."""
    return base64.urlsafe_b64encode(draw_bytes(seed, *names)).decode().rstrip("=")
