"""Makes and migrates both databases, before the services of compose.yaml start."""

import subprocess

import click

from launch.commands import make_dagster_tables
from launch.database import migrate_database


@click.command()
def main() -> None:
    """Make and migrate the databases that the PG* variables name."""
    migrate_database()
    subprocess.run(make_dagster_tables().argv, check=True)


if __name__ == "__main__":
    main()
