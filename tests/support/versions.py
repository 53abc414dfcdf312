"""Tests that run on both versions of the provider's API.

Belongs here: the marks. A test with BOTH_VERSIONS gets its `workspace` at each version
in turn. The second run has the marker second_version: `-m "not second_version"` leaves
it out.
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


def on_version_2(value):
    """A case of a test of (value, version) that has others at version 1."""
    return pytest.param(value, 2, id=f"{value}-v2", marks=pytest.mark.second_version)
