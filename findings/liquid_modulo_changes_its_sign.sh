#!/bin/sh
# python-liquid's modulo gives another sign for -7 than for -7.0.
#
# The filter computes -7 modulo 3 as 2, and -7.0 modulo 3 as -1.0. One rule is expected, that
# of Ruby's Liquid, where both are 2. Whole numbers go through Python's int, whose remainder
# has the sign of the divisor, decimals through Python's Decimal, whose remainder has the sign
# of the dividend. A number that comes from JSON as -7.0 takes another branch of a template.
. "$(dirname -- "$0")/support/steps.sh"

install python-liquid==2.3.6
report "2, 2.0" "2, -1.0" "$(python - <<'PYTHON'
from liquid import Environment

template = "{{ whole | modulo: 3 }}, {{ decimal | modulo: 3 }}"
print(Environment().from_string(template).render(whole=-7, decimal=-7.0))
PYTHON
)"
