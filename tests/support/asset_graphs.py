"""Assets by their names."""

import dagster as dg


def key(name):
    return dg.AssetKey(name)


def names_of(assets):
    return {asset.to_user_string() for asset in assets}
