"""Where this project's folders are.

Belongs here: paths inside the checkout. Does not: paths that a setting can change.
"""

from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
SQL_FOLDER = PROJECT_ROOT / "sql"
LOCAL_FOLDER = PROJECT_ROOT / ".local"
