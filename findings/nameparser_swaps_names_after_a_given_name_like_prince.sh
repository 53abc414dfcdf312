#!/bin/sh
# nameparser makes the family name of King Lee or Prince Okafor a first name.
#
# King, Prince and Sultan are common given names. nameparser reads them as titles wherever
# they stand first. The family name is expected in "last". After King and Prince it is in
# "first" and "last" is empty, after Sultan it is in "last" and "first" is empty: which one
# depends on a second list of titles. A greeting by first name says "Hi Okafor".
#
# With this: remove the titles from the parser's constants, and cut your own ones.
. "$(dirname -- "$0")/support/steps.sh"

install nameparser==2.6.0
report "King/Lee, Prince/Okafor, Sultan/Khan" "Lee/, Okafor/, /Khan" \
    "$(python - <<'PYTHON'
from nameparser import HumanName

names = [HumanName(name) for name in ("King Lee", "Prince Okafor", "Sultan Khan")]
print(", ".join(f"{name.first}/{name.last}" for name in names))
PYTHON
)"
