"""Tests that run on both versions of the provider's API.

Belongs here: the mark. A test with it gets its `workspace` at each version in turn. The
second run has the marker second_version: `-m "not second_version"` leaves it out.
"""

import pytest

BOTH_VERSIONS = pytest.mark.parametrize(
    "version",
    [
        pytest.param(1, id="v1"),
        pytest.param(2, id="v2", marks=pytest.mark.second_version),
    ],
    indirect=True,
)
ON_VERSION_2 = pytest.mark.parametrize(
    "version",
    [pytest.param(2, id="v2", marks=pytest.mark.second_version)],
    indirect=True,
)
