#!/bin/sh
# Importing httpx costs more in an environment that has click, rich and pygments.
#
# httpx imports its own command line whenever the three packages of its extra `cli` are
# there, also where the extra was never asked for and other packages brought them, as
# dagster does. Then each process that imports httpx to call an API loads the three: 289
# modules instead of 191, and 19.0 MB of memory instead of 13.5.
#
# With this: where many processes call an API, fork them from one that has imported httpx,
# or keep the three packages out of their environment.
. "$(dirname -- "$0")/support/steps.sh"

install httpx==0.28.1
count='import sys, httpx
packages = {name.partition(".")[0] for name in sys.modules}
print(sorted(packages & {"click", "pygments", "rich"}))'
alone=$(python -c "$count")
install click==8.5.1 pygments==2.21.0 rich==15.0.0
report "[], as without the three packages" "['click', 'pygments', 'rich']" \
    "$(python -c "$count")"
test "$alone" = "[]"
