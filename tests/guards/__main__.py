"""`python -m tests.guards [FOLDER]`: fails on updates of an account's status (LL#276).

Reads every SQL, Python, yml and shell file of the tree, finds updates of
linkedin_accounts.status by their grammar, also within functions' bodies and texts put
together at run time, and names each. Only the status function may write it.
"""

import pathlib
import sys

from tests.guards.status_writers import UNREAD_FOLDERS, check_tree
from trueup.paths import PROJECT_ROOT


def main(arguments: list[str]) -> int:
    """Prints each finding; 1 if there is any."""
    root = pathlib.Path(arguments[0]) if arguments else PROJECT_ROOT
    check = check_tree(root)
    for finding in check.findings:
        print(finding, file=sys.stderr)
    print(
        f"Status writers: {check.files} files read, {len(check.findings)} findings, "
        f"{check.marked} on purpose. Not read: {', '.join(sorted(UNREAD_FOLDERS))}."
    )
    return int(bool(check.findings))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
