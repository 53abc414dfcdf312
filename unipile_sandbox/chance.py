"""Chance that repeats: numbers computed from a seed and names.

Belongs here: the functions. Which odds apply is in `settings`.
"""

import base64
import hashlib


def chance_bytes(seed: int, *names: str, size: int = 16) -> bytes:
    text = "\x1f".join((str(seed), *names))
    return hashlib.blake2b(text.encode(), digest_size=size).digest()


def chance(seed: int, *names: str) -> float:
    """A number in [0, 1); the same for the same seed and names."""
    return int.from_bytes(chance_bytes(seed, *names, size=8)) / 2**64


def chance_int(seed: int, *names: str) -> int:
    """A positive 62-bit number, like the provider's numeric ids."""
    return int.from_bytes(chance_bytes(seed, *names, size=8)) >> 2


def chance_id(seed: int, *names: str) -> str:
    """22 URL-safe characters, like the provider's own ids."""
    return base64.urlsafe_b64encode(chance_bytes(seed, *names)).decode().rstrip("=")
