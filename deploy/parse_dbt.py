"""Writes dbt's manifest while an image is built; no database is needed."""

import subprocess

from launch.commands import parse_dbt

if __name__ == "__main__":
    subprocess.run(parse_dbt().argv, check=True)
